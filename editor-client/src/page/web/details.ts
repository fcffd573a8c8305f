//! What is known of the step that is chosen, and what can be done with it.

import type { Attempt, Run, Step } from '../../generated/protocol';
import { look, severityLook } from '../../runs/looks';
import { way } from '../../runs/way';
import { duration, state } from '../../runs/words';
import type { PageCommand } from '../messages';
import { element, icon } from './element';

/** Asks the extension for something about a step. */
export type Ask = (command: PageCommand, about?: { step_id?: string; attempt?: number }) => void;

export class Details {
  readonly root = element('section', { class: 'details', 'aria-label': 'Step', 'aria-live': 'off' });
  readonly #line = element('p', { class: 'line-of-output' });
  #seen = '';

  constructor(private readonly ask: Ask) {}

  show(run: Run, selected: string | undefined, line: string | undefined): void {
    const step = run.steps.find(({ id }) => id === selected);
    this.#line.textContent = line ?? '';
    const seen = JSON.stringify(step && { ...step, duration_ms: 0 });
    if (seen === this.#seen) {
      return;
    }
    this.#seen = seen;
    this.root.replaceChildren(...(step ? this.#of(step) : [element('p', { class: 'quiet' }, 'Choose a step to see more of it.')]));
  }

  #of(step: Step): (HTMLElement | string)[] {
    return [
      element('h2', { 'data-state': step.status }, icon(look(step.status).icon, 'state'), step.title || step.id, element('small', {}, `${state(step.status)}${step.class ? ` (${step.class})` : ''}`)),
      ...this.#buttons(step),
      ...why(step.error),
      ...(step.status === 'running' ? [this.#line] : []),
      element('pre', { class: 'command', tabindex: 0 }, step.command),
      facts(step),
      ...this.#attempts(step),
      ...lists(step),
    ];
  }

  #buttons(step: Step): HTMLElement[] {
    const { id, status } = step;
    const button = (label: string, command: PageCommand) => element('button', { type: 'button', class: 'action', onclick: () => this.ask(command, { step_id: id }) }, label);
    const buttons = [
      ...(step.attempts.length > 0 ? [button('Log', 'showLog')] : []),
      ...(step.commit == null ? [] : [button('Changes', 'showDiff')]),
      ...(status === 'unverified' ? [button('Accept', 'acceptStep')] : []),
      ...(['failed', 'cancelled', 'unverified'].includes(status) ? [button('Retry', 'retryStep')] : []),
      ...(step.worktree == null ? [] : [button('Open Worktree', 'openWorktree'), button('Terminal', 'openTerminal')]),
    ];
    return buttons.length === 0 ? [] : [element('p', { class: 'actions' }, ...buttons)];
  }

  #attempts(step: Step): HTMLElement[] {
    if (step.attempts.length < 2) {
      return step.attempts.flatMap(({ leaked_processes }) => leaked(leaked_processes));
    }
    const rows = step.attempts.map((attempt) =>
      element('li', { 'data-state': attempt.status }, icon(look(attempt.status).icon, 'state'), this.#attemptLink(step, attempt), ` ${outcome(attempt)}`, ...leaked(attempt.leaked_processes)),
    );
    return [element('h3', {}, 'Attempts'), element('ul', {}, ...rows)];
  }

  #attemptLink(step: Step, { attempt }: Attempt): HTMLElement {
    return element('button', { type: 'button', class: 'link', onclick: () => this.ask('showLog', { step_id: step.id, attempt }) }, `Attempt ${attempt}`);
  }
}

function outcome({ status, class: why, error, started_at, ended_at }: Attempt): string {
  const time = ended_at == null ? '' : `, ${duration(Date.parse(ended_at) - Date.parse(started_at))}`;
  return `${state(status)}${why ? ` (${why})` : ''}${time}${error ? `: ${error.message}` : ''}`;
}

/** An error with its way out; for the run and for its steps. */
export function why(error: Step['error']): HTMLElement[] {
  if (!error) {
    return [];
  }
  const on = way(error);
  return [element('p', { class: 'error' }, error.message, ...(on === undefined ? [] : [element('span', { class: 'hint' }, icon('lightbulb'), on)]))];
}

function facts(step: Step): HTMLElement {
  const rows: [string, string][] = [];
  const add = (name: string, value: string | null | undefined) => value != null && value !== '' && rows.push([name, value]);
  add('waits for', step.needs.join(', '));
  add('why', step.reason);
  // Of a step at work the graph shows the time, which goes on.
  add('time', step.status !== 'running' && step.duration_ms > 0 ? duration(step.duration_ms) : '');
  add('back end', step.backend);
  step.passed_over.forEach(({ backend, reason }) => add(`passed over: ${backend}`, reason));
  add('branch', step.branch);
  add('worktree', step.worktree);
  step.conflicts.forEach(({ path, steps }) => add('conflict', `${path} of ${steps.join(', ')}`));
  Object.entries(step.outputs).forEach(([name, value]) => add(`output ${name}`, value));
  return element('dl', {}, ...rows.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]));
}

function lists(step: Step): HTMLElement[] {
  const artifacts = step.artifacts.map(({ path, kind }) => element('li', {}, icon('file'), path, element('small', {}, kind)));
  const findings = (step.finding_list ?? []).map(({ severity, message, path, line }) => {
    const place = path == null ? '' : `${path}${line == null ? '' : `:${line}`}`;
    return element('li', { 'data-severity': severity }, icon(severityLook(severity).icon, 'state'), message, element('small', {}, place));
  });
  return [
    ...(artifacts.length > 0 ? [element('h3', {}, 'Artifacts'), element('ul', {}, ...artifacts)] : []),
    ...(findings.length > 0 ? [element('h3', {}, 'Findings'), element('ul', {}, ...findings)] : []),
  ];
}

const leaked = (processes: readonly string[]): HTMLElement[] => (processes.length === 0 ? [] : [element('p', { class: 'hint' }, icon('warning'), `processes it left behind: ${processes.join(', ')}`)]);
