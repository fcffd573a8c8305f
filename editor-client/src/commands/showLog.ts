//! “Show Log”: of an attempt, in a terminal, followed while it goes on.

import { whichAttempt } from './attempt';
import type { Command } from './command';

export const showLog: Command = {
  name: 'showLog',
  async run(context, given) {
    context.logs.show(await whichAttempt(context, given));
  },
};
