//! “Open Run”: its page, with graph and timeline.

import type { Command } from './command';
import { whichRun } from './pick';

export const openRun: Command = {
  name: 'openRun',
  async run(context, given) {
    const run = await whichRun(context, given, { title: 'Open Run', fits: () => true, none: 'there are no runs yet' });
    context.pages.show(run);
  },
};
