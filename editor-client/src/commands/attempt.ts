//! Whose log a command is about: an attempt, the last one of a step or task, or what the person picks.

import type { Context } from '../context';
import type { Shown } from '../logs/terminal';
import { isNode } from '../runs/node';
import { title } from '../runs/overview';
import { short } from '../runs/words';
import { whichStep } from './pick';

export async function whichAttempt(context: Context, given: unknown): Promise<Shown> {
  if (isNode(given) && 'task' in given) {
    const attempt = given.kind === 'taskAttempt' ? given.attempt : given.task.attempts.at(-1);
    if (!attempt) {
      throw new Error('the task has not been tried yet: it has no log');
    }
    return { of: { task_id: given.task.task_id, attempt: attempt.attempt }, name: short(given.task.command, 40), status: attempt.status };
  }
  const { run, step } = await whichStep(context, given, { title: 'Show Log', fits: ({ step: { attempts } }) => attempts.length > 0, none: 'no step has been tried yet' });
  const attempt = isNode(given) && given.kind === 'attempt' ? given.attempt : step.attempts.at(-1);
  if (!attempt) {
    throw new Error(`the step ${step.title || step.id} has not been tried yet: it has no log`);
  }
  const number = attempt.attempt > 1 ? ` (attempt ${attempt.attempt})` : '';
  return { of: { run_id: run.run_id, step_id: step.id, attempt: attempt.attempt }, name: `${short(step.title || step.id, 30)}${number} · ${short(title(run), 20)}`, status: attempt.status };
}
