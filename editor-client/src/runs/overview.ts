//! What all runs together come to, for the status bar, the badge and notices. Pure.

import type { Run, Step } from '../generated/protocol';

/** A step and its run. */
export interface Place {
  run: Run;
  step: Step;
}

/** All at a glance. */
export interface Overview {
  /** Runs that are queued or running. */
  active: Run[];
  /** Steps at work. */
  working: Place[];
  /** Runs that wait for a person. */
  waiting: Run[];
}

const WORKING = new Set(['preparing', 'running', 'verifying']);
const DECIDE = new Set(['needs_input', 'unverified']);

export function overview(runs: readonly Run[]): Overview {
  const places = runs.flatMap((run) => run.steps.map((step) => ({ run, step })));
  return {
    active: runs.filter((run) => run.status === 'queued' || run.status === 'running'),
    working: places.filter(({ step }) => WORKING.has(step.status)),
    waiting: runs.filter((run) => run.status === 'needs_input'),
  };
}

/** The steps of a run that a person has to look at. */
export function undecided(run: Run): Step[] {
  return run.steps.filter((step) => DECIDE.has(step.status));
}

/** `3/6`: steps that need no more work, of all. */
export function progress(run: Run): string {
  const ended = run.steps.filter((step) => ['completed', 'skipped', 'failed', 'cancelled', 'unverified'].includes(step.status));
  return `${ended.length}/${run.steps.length}`;
}

/** What a run is called. A submitted task's run has no workflow file. */
export function title(run: Run): string {
  const only = run.steps[0];
  return run.workflow_file == null && only ? only.title || only.command : run.workflow_id;
}
