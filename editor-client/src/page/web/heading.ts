//! The head of the page: what the run is, how it stands, what can be done with it.

import type { Run } from '../../generated/protocol';
import { look } from '../../runs/looks';
import { progress, title } from '../../runs/overview';
import { count, duration, state } from '../../runs/words';
import type { PageCommand } from '../messages';
import { why, type Ask } from './details';
import { element, icon } from './element';

export class Heading {
  readonly root = element('header', {});
  readonly #words = element('span', { class: 'words' });
  #seen = '';

  constructor(private readonly ask: Ask) {}

  show(run: Run, now: number): void {
    const time = run.ended_at == null && run.started_at != null ? now - Date.parse(run.started_at) : run.duration_ms;
    this.#words.textContent = [`${progress(run)} steps`, time > 0 ? duration(time) : '', new Date(run.created_at).toLocaleString()].filter((word) => word !== '').join(' · ');
    const seen = JSON.stringify([run.status, run.error, run.result_branch, run.warnings, run.steps.some(({ commit }) => commit != null)]);
    if (seen === this.#seen) {
      return;
    }
    this.#seen = seen;
    this.root.replaceChildren(
      element('h1', {}, title(run), element('span', { class: 'status', 'data-state': run.status, role: 'status' }, icon(look(run.status).icon, 'state'), state(run.status))),
      element('p', { class: 'quiet' }, this.#words, ' · ', element('code', {}, run.result_branch ?? run.run_id)),
      element('p', { class: 'actions' }, ...this.#buttons(run)),
      ...why(run.error),
      ...warnings(run.warnings ?? []),
    );
  }

  #buttons(run: Run): HTMLElement[] {
    const button = (label: string, command: PageCommand, more = '') => element('button', { type: 'button', class: `action ${more}`, onclick: () => this.ask(command) }, label);
    const ended = run.ended_at != null;
    return [
      ...(run.result_commit == null ? [] : [button('Show Changes', 'showDiff', 'first'), button('Apply', 'applyRun')]),
      ...(ended ? [] : [button('Cancel', 'cancelRun')]),
      ...(run.status === 'needs_input' ? [button('Resume', 'resumeRun')] : []),
      ...(run.status === 'failed' || run.status === 'cancelled' ? [button('Retry', 'retryRun')] : []),
      ...(ended ? [button('Summary', 'showSummary')] : []),
      ...(run.workflow_file == null ? [] : [button('Workflow File', 'openWorkflow')]),
    ];
  }
}

function warnings(all: readonly string[]): HTMLElement[] {
  if (all.length === 0) {
    return [];
  }
  const lines = all.map((warning) => element('li', {}, warning));
  return [element('details', { class: 'warnings' }, element('summary', {}, icon('warning'), count(all.length, 'warning')), element('ul', {}, ...lines))];
}
