//! “Accept Step”: an unverified step counts as completed.

import type { Command } from './command';
import { whichStep } from './pick';

export const acceptStep: Command = {
  name: 'acceptStep',
  async run(context, given) {
    const { run, step } = await whichStep(context, given, {
      title: 'Accept Step',
      fits: ({ step: { status } }) => status === 'unverified',
      none: 'no step is unverified',
    });
    await context.server.call('run.accept', { run_id: run.run_id, step_id: step.id });
    await context.runs.refresh(run.run_id);
  },
};
