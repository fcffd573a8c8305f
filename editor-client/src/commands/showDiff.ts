//! “Show Changes”: of a step or a whole run, in the multi-file diff.

import { isNode } from '../runs/node';
import type { Command } from './command';
import { whichRun, whichStep } from './pick';

export const showDiff: Command = {
  name: 'showDiff',
  async run(context, given) {
    if (isNode(given) ? 'step' in given && given.step : hasStep(given)) {
      const { run, step } = await whichStep(context, given, { title: 'Show Changes', fits: ({ step: { commit } }) => commit != null, none: 'no step has changed anything yet' });
      await context.changes.show(run, step);
      return;
    }
    const run = await whichRun(context, given, { title: 'Show Changes', fits: ({ result_commit }) => result_commit != null, none: 'no run has a result yet' });
    await context.changes.show(run);
  },
};

const hasStep = (given: unknown): boolean => typeof given === 'object' && given !== null && 'step_id' in given && given.step_id != null;
