//! “Take Refusal Back”.

import type { Command } from './command';
import { resultFile } from './applyFile';

export const unrefuseFile: Command = {
  name: 'unrefuseFile',
  async run(context, given) {
    const file = await resultFile(context, given);
    if (file) {
      await context.changes.takeBack(file.run, file.path);
    }
  },
};
