//! “Retry Run”: its failed steps, and what follows from them.

import type { Command } from './command';
import { whichRun } from './pick';

export const retryRun: Command = {
  name: 'retryRun',
  async run(context, given) {
    const run = await whichRun(context, given, {
      title: 'Retry the Failed Steps of a Run',
      fits: ({ status }) => status === 'failed' || status === 'cancelled',
      none: 'no run failed or was cancelled',
    });
    await context.server.call('run.retry', { run_id: run.run_id });
    await context.runs.refresh(run.run_id);
  },
};
