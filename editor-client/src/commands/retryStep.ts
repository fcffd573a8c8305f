//! “Retry Step”: one step, and what follows from it.

import type { Command } from './command';
import { whichStep } from './pick';

export const retryStep: Command = {
  name: 'retryStep',
  async run(context, given) {
    const { run, step } = await whichStep(context, given, {
      title: 'Retry Step',
      fits: ({ step: { status } }) => ['failed', 'cancelled', 'skipped', 'unverified', 'needs_input', 'completed'].includes(status),
      none: 'no step has ended',
    });
    await context.server.call('run.retry', { run_id: run.run_id, step_id: step.id });
    await context.runs.refresh(run.run_id);
  },
};
