//! The page of a run: puts its parts together, keeps them up to date, and remembers which step is chosen.

import type { Run } from '../../generated/protocol';
import type { FromPage, PageState, ToPage } from '../messages';
import { Details, type Ask } from './details';
import { element } from './element';
import { Graph } from './graph';
import { Heading } from './heading';
import { Timeline } from './timeline';

interface Editor {
  postMessage(message: FromPage): void;
  getState(): PageState | undefined;
  setState(state: PageState): void;
}

declare function acquireVsCodeApi(): Editor;

const editor = acquireVsCodeApi();
const run_id = document.body.dataset['run'] ?? '';
let selected = editor.getState()?.selected;
let known: { run: Run; lines: Record<string, string> } | undefined;

const ask: Ask = (command, about) => editor.postMessage({ kind: 'command', command, ...about });
const open = (id: string) => {
  select(id);
  const step = known?.run.steps.find((one) => one.id === id);
  if (step && step.attempts.length > 0) {
    ask('showLog', { step_id: id });
  }
};

const heading = new Heading(ask);
const graph = new Graph(select, open);
const timeline = new Timeline(select, open);
const details = new Details(ask);

function select(id: string): void {
  if (selected !== id) {
    selected = id;
    editor.setState({ run_id, selected: id });
    paint();
  }
}

function paint(): void {
  if (known) {
    const { run, lines } = known;
    const now = Date.now();
    heading.show(run, now);
    graph.show(run, selected);
    timeline.show(run, selected, now);
    details.show(run, selected, selected === undefined ? undefined : lines[selected]);
  }
}

/** Which step is chosen at first: what needs the person, what runs, or the last one. */
function choose({ steps }: Run): string | undefined {
  const first = (...states: string[]) => steps.find(({ status }) => states.includes(status));
  return (first('needs_input', 'unverified', 'failed') ?? first('running', 'preparing', 'verifying') ?? steps.at(-1))?.id;
}

function take(message: ToPage): void {
  const page = document.getElementById('page');
  page?.removeAttribute('aria-busy');
  if (message.kind === 'gone') {
    known = undefined;
    page?.replaceChildren(element('p', { class: 'quiet gone' }, message.message));
    return;
  }
  if (!known) {
    page?.replaceChildren(heading.root, graph.root, element('div', { class: 'below' }, timeline.root, details.root));
  }
  known = message;
  selected ??= choose(message.run);
  paint();
}

editor.setState({ run_id, ...(selected === undefined ? {} : { selected }) });
window.addEventListener('message', (event: MessageEvent<ToPage>) => take(event.data));
// Times go on while nothing else happens.
setInterval(() => known && known.run.ended_at == null && paint(), 1000);
editor.postMessage({ kind: 'ready' });
