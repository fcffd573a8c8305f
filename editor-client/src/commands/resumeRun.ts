//! “Resume Run”: everything that has not completed goes on.

import type { Command } from './command';
import { whichRun } from './pick';

export const resumeRun: Command = {
  name: 'resumeRun',
  async run(context, given) {
    const run = await whichRun(context, given, {
      title: 'Resume Run',
      fits: ({ status }) => ['needs_input', 'failed', 'cancelled'].includes(status),
      none: 'no run waits, failed or was cancelled',
    });
    await context.server.call('run.resume', { run_id: run.run_id });
    await context.runs.refresh(run.run_id);
  },
};
