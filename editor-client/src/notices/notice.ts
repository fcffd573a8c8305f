//! Which change of a run a person is told of, in which words, and what they can do about it at once. Pure.

import type { Run, Step } from '../generated/protocol';
import { title } from '../runs/overview';
import { conflictFolder, way } from '../runs/way';
import { count, duration, short } from '../runs/words';
import type { Notifications } from '../settings';

/** A button: a command, and what it is called with. */
export interface Action {
  label: string;
  command: string;
  target: { run_id: string; step_id?: string };
}

export interface Notice {
  tone: 'information' | 'warning' | 'error';
  message: string;
  actions: Action[];
}

/** What to say when a run that had the status `before` is like this now. */
export function notice(before: string, run: Run, wanted: Notifications): Notice | undefined {
  if (before === run.status || wanted === 'none') {
    return undefined;
  }
  switch (run.status) {
    case 'completed':
      return wanted === 'all' ? completed(run) : undefined;
    case 'failed':
      return failed(run);
    case 'needs_input':
      return needsYou(run);
    default:
      // Cancelled: by a person, who knows.
      return undefined;
  }
}

function completed(run: Run): Notice {
  const warnings = run.steps.reduce((sum, { findings }) => sum + findings.error + findings.warning, 0);
  const found = warnings > 0 ? ` with ${count(warnings, 'finding')}` : '';
  const message = `${title(run)} is done in ${duration(run.duration_ms)}${found}.`;
  const actions = run.result_commit == null ? [] : [action(run, 'Show Changes', 'showDiff'), action(run, 'Apply', 'applyRun')];
  return { tone: 'information', message, actions: [...actions, action(run, 'Open', 'openRun')] };
}

function failed(run: Run): Notice {
  const step = run.steps.find(({ status }) => status === 'failed');
  const why = step?.error?.message ?? run.error?.message ?? '';
  const where = step ? ` at ${step.title || step.id}` : '';
  const log = step && step.attempts.length > 0 ? [action(run, 'Show Log', 'showLog', step)] : [];
  return {
    tone: 'error',
    message: `${title(run)} failed${where}${why ? `: ${short(why, 160)}` : ''}.`.replace(/\.\.$/, '.'),
    actions: [...log, action(run, 'Retry', 'retryRun'), action(run, 'Open', 'openRun')],
  };
}

function needsYou(run: Run): Notice {
  const unverified = run.steps.find(({ status }) => status === 'unverified');
  if (unverified) {
    const message = `${title(run)} needs you: ${unverified.title || unverified.id} says it is done, and what it promised was not seen.`;
    return { tone: 'warning', message, actions: [action(run, 'Accept Step', 'acceptStep', unverified), action(run, 'Retry Step', 'retryStep', unverified), action(run, 'Open', 'openRun')] };
  }
  const step = run.steps.find(({ status }) => status === 'needs_input');
  const why = step?.error ?? run.error;
  const where = step ? ` at ${step.title || step.id}` : '';
  const on = why ? way(why) : undefined;
  const trust = why?.kind === 'untrusted' ? [{ label: 'Trust This Repository', command: 'trust', target: { run_id: run.run_id } }] : [];
  const folder = conflictFolder(why) ?? step?.worktree ?? undefined;
  const worktree = folder === undefined ? [] : [action(run, 'Open Worktree', 'openWorktree', step)];
  return {
    tone: 'warning',
    message: `${title(run)} needs you${where}${why ? `: ${short(why.message, 160)}.` : '.'}${on === undefined ? '' : ` ${short(on, 160)}`}`,
    actions: [...trust, action(run, 'Open', 'openRun'), ...worktree, action(run, 'Resume', 'resumeRun')],
  };
}

function action(run: Run, label: string, command: string, step?: Step): Action {
  return { label, command, target: { run_id: run.run_id, ...(step ? { step_id: step.id } : {}) } };
}

/** Remembers how each run stood, so that only what happens while somebody looks is told. */
export class Watch {
  readonly #known = new Map<string, string>();

  /** Everything was read: what is new to us ended before we came. */
  all(runs: readonly Run[]): { before: string; run: Run }[] {
    const seen = runs.flatMap((run) => {
      const before = this.#known.get(run.run_id);
      return before === undefined ? [] : [{ before, run }];
    });
    this.#known.clear();
    runs.forEach((run) => this.#known.set(run.run_id, run.status));
    return seen;
  }

  /** One run was read after an event: one that is new to us began just now. */
  one(run: Run): { before: string; run: Run } {
    const before = this.#known.get(run.run_id) ?? 'queued';
    this.#known.set(run.run_id, run.status);
    return { before, run };
  }
}
