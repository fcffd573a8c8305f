//! “Cancel Run”: what completed stays.

import type { Command } from './command';
import { whichRun } from './pick';

export const cancelRun: Command = {
  name: 'cancelRun',
  async run(context, given) {
    const run = await whichRun(context, given, {
      title: 'Cancel Run',
      fits: ({ status }) => ['queued', 'running', 'needs_input'].includes(status),
      none: 'no run is under way',
    });
    await context.server.call('run.cancel', { run_id: run.run_id });
    await context.runs.refresh(run.run_id);
  },
};
