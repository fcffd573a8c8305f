//! A file of a result, before and after. Of the runs view only.

import { isNode } from '../runs/node';
import type { Command } from './command';

export const showFileDiff: Command = {
  name: 'showFileDiff',
  async run(context, given) {
    if (isNode(given) && given.kind === 'file') {
      await context.changes.showFile(given.run, given.step, given.change);
    }
  },
};
