//! The worktree of a step, or of a run whose results do not merge, for commands that open it.

import type { Context } from '../context';
import { conflictFolder } from '../runs/way';
import { namedRun, whichStep, type RunStep } from './pick';

/** Path of the worktree that is meant. */
export async function whichWorktree(context: Context, given: unknown, title: string): Promise<{ path: string; name: string }> {
  const run = await namedRun(context, given);
  const conflict = conflictFolder(run?.error);
  if (run && conflict !== undefined && !run.steps.some((step) => step.status === 'needs_input')) {
    return { path: conflict, name: `conflict of ${run.workflow_id}` };
  }
  const { step } = await whichStep(context, given, { title, fits: (one) => folder(one) !== undefined, none: 'no step has a worktree now' });
  const path = folder({ step });
  if (path === undefined) {
    throw new Error(`the step ${step.title || step.id} has no worktree now${step.branch == null ? '' : `; its work is on the branch ${step.branch}`}`);
  }
  return { path, name: step.title || step.id };
}

const folder = ({ step }: Pick<RunStep, 'step'>): string | undefined => conflictFolder(step.error) ?? step.worktree ?? undefined;
