//! What the page of a run and the extension say to each other.

import type { Run } from '../generated/protocol';

/** To the page. */
export type ToPage =
  /** The run as it is now; `lines` are the last lines of steps that run. */
  | { kind: 'run'; run: Run; lines: Record<string, string> }
  /** There is no such run any more, or it cannot be asked for now. */
  | { kind: 'gone'; message: string };

/** From the page. */
export type FromPage =
  /** It is there and wants to know. */
  | { kind: 'ready' }
  /** A button: one of {@link COMMANDS}, about the run, or one of its steps. */
  | { kind: 'command'; command: PageCommand; step_id?: string; attempt?: number };

/** What the page may ask for. */
export const COMMANDS = ['showDiff', 'applyRun', 'cancelRun', 'resumeRun', 'retryRun', 'retryStep', 'acceptStep', 'showLog', 'openWorktree', 'openTerminal', 'showSummary', 'openWorkflow', 'revealRun'] as const;

export type PageCommand = (typeof COMMANDS)[number];

/** What the page keeps over a reload of the window. */
export interface PageState {
  run_id: string;
  selected?: string;
}

/** Reads a message of the page; what is not of this form is nothing. */
export function fromPage(message: unknown): FromPage | undefined {
  if (typeof message !== 'object' || message === null || !('kind' in message)) {
    return undefined;
  }
  if (message.kind === 'ready') {
    return { kind: 'ready' };
  }
  const { command, step_id, attempt } = message as Record<string, unknown>;
  const known = COMMANDS.find((one) => one === command);
  if (message.kind !== 'command' || known === undefined) {
    return undefined;
  }
  return { kind: 'command', command: known, ...(typeof step_id === 'string' ? { step_id } : {}), ...(typeof attempt === 'number' ? { attempt } : {}) };
}
