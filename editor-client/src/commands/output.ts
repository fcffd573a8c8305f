//! “Show Output”: what the extension and the server say.

import type { Command } from './command';

export const output: Command = {
  name: 'output',
  async run(context) {
    context.output.show();
    await Promise.resolve();
  },
};
