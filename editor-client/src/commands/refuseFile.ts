//! “Refuse File”: left out of the diff, and when the run is applied; the result branch stays as it is.

import type { Command } from './command';
import { resultFile } from './applyFile';

export const refuseFile: Command = {
  name: 'refuseFile',
  async run(context, given) {
    const file = await resultFile(context, given);
    if (file) {
      await context.changes.refuse(file.run, file.path);
    }
  },
};
