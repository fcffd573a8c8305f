//! “Dismiss Finding”: it is shown no more, nor when a later run finds the same.

import { isNode } from '../runs/node';
import type { Command } from './command';

export const dismissFinding: Command = {
  name: 'dismissFinding',
  async run(context, given) {
    if (isNode(given) && given.kind === 'finding' && given.finding.id) {
      await context.server.call('finding.dismiss', { repo: given.run.repo, id: given.finding.id });
      await context.runs.reload();
    }
  },
};
