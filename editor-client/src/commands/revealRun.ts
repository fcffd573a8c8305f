//! “Show in the Runs View”.

import type { Command } from './command';
import { whichRun } from './pick';

export const revealRun: Command = {
  name: 'revealRun',
  async run(context, given) {
    const run = await whichRun(context, given, { title: 'Show in the Runs View', fits: () => true, none: 'there are no runs yet' });
    await context.tree.reveal(run.run_id);
  },
};
