//! The worktree of a step, for commands that open it.

import type { Context } from '../context';
import { whichStep } from './pick';

/** Path of the worktree of the step that is meant. */
export async function whichWorktree(context: Context, given: unknown, title: string): Promise<{ path: string; name: string }> {
  const { step } = await whichStep(context, given, { title, fits: (one) => one.step.worktree != null, none: 'no step has a worktree now' });
  if (step.worktree == null) {
    throw new Error(`the step ${step.title || step.id} has no worktree now${step.branch == null ? '' : `; its work is on the branch ${step.branch}`}`);
  }
  return { path: step.worktree, name: step.title || step.id };
}
