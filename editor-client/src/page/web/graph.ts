//! The graph of the steps: drawn anew when its shape changes, else only painted over, so that focus and turning icons
//! stay.

import type { Run, Step } from '../../generated/protocol';
import { look } from '../../runs/looks';
import { duration, short, state } from '../../runs/words';
import { element, icon, svg } from './element';
import { BOX, layout, neighbour, path, type Layout } from './layout';

export class Graph {
  readonly root = element('section', { class: 'graph', 'aria-label': 'Graph of the steps' });
  #shape = '';
  #layout: Layout = { width: 0, height: 0, boxes: [], lines: [] };
  readonly #boxes = new Map<string, { box: HTMLElement; seen: string }>();
  readonly #lines: { to: string; from: string; line: SVGPathElement }[] = [];

  constructor(
    private readonly select: (id: string) => void,
    private readonly open: (id: string) => void,
  ) {}

  show(run: Run, selected: string | undefined): void {
    const shape = JSON.stringify(run.steps.map(({ id, needs }) => [id, needs]));
    if (shape !== this.#shape) {
      this.#shape = shape;
      this.#draw(run);
    }
    run.steps.forEach((step) => this.#paint(step, selected));
    const byId = new Map(run.steps.map((step) => [step.id, step]));
    this.#lines.forEach(({ from, to, line }) => {
      const passed = byId.get(from)?.status === 'completed';
      line.setAttribute('class', `line${passed ? ' passed' : ''}${from === selected || to === selected ? ' near' : ''}`);
    });
  }

  #draw(run: Run): void {
    this.#layout = layout(run.steps);
    this.#boxes.clear();
    this.#lines.length = 0;
    const { width, height, lines, boxes } = this.#layout;
    const arrow = svg('marker', { id: 'arrow', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto-start-reverse' }, svg('path', { d: 'M0 0.5 7.5 4 0 7.5z', class: 'head' }));
    const drawing = svg('svg', { width, height, class: 'lines', 'aria-hidden': 'true' }, svg('defs', {}, arrow));
    for (const { from, to, points } of lines) {
      const line = svg('path', { d: path(points), 'marker-end': 'url(#arrow)' });
      this.#lines.push({ from, to, line });
      drawing.append(line);
    }
    const plane = element('div', { class: 'plane', role: 'group' }, drawing);
    size(plane, width, height);
    boxes.forEach(({ id, x, y }) => {
      const box = this.#box(id);
      box.style.setProperty('left', `${x - BOX.width / 2}px`);
      box.style.setProperty('top', `${y - BOX.height / 2}px`);
      this.#boxes.set(id, { box, seen: '' });
      plane.append(box);
    });
    this.root.replaceChildren(plane);
  }

  #box(id: string): HTMLElement {
    const box = element('button', {
      class: 'box',
      type: 'button',
      onclick: () => this.select(id),
      ondblclick: () => this.open(id),
      onkeydown: (event) => this.#key(id, event as KeyboardEvent),
      onfocus: () => this.select(id),
    });
    size(box, BOX.width, BOX.height);
    return box;
  }

  #key(id: string, event: KeyboardEvent): void {
    if (event.key === 'Enter') {
      event.preventDefault();
      this.open(id);
      return;
    }
    const next = neighbour(this.#layout, id, event.key);
    if (next !== undefined) {
      event.preventDefault();
      this.#boxes.get(next)?.box.focus();
    }
  }

  #paint(step: Step, selected: string | undefined): void {
    const entry = this.#boxes.get(step.id);
    if (!entry) {
      return;
    }
    const { box } = entry;
    // Only one of them is a stop of the tab key; arrows lead to the others.
    const first = this.#layout.boxes[0]?.id;
    box.tabIndex = step.id === (selected ?? first) ? 0 : -1;
    box.setAttribute('aria-pressed', String(step.id === selected));
    const time = timeOf(step);
    const seen = JSON.stringify([step.status, step.title, step.status === 'running' ? '' : time, step.findings]);
    const words = [state(step.status), time].filter((word) => word !== '').join(' · ');
    if (seen === entry.seen) {
      box.querySelector('.words')?.replaceChildren(words);
      return;
    }
    entry.seen = seen;
    box.setAttribute('aria-label', `${step.title || step.id}, ${state(step.status)}${time && `, ${time}`}`);
    box.setAttribute('data-state', step.status);
    box.title = step.title || step.id;
    const found = step.findings.error + step.findings.warning;
    box.replaceChildren(
      icon(look(step.status).icon, 'state'),
      element('span', { class: 'text' }, element('span', { class: 'name' }, short(step.title || step.id, 60)), element('span', { class: 'words' }, words)),
      ...(found > 0 ? [element('span', { class: 'found', title: `${found} findings` }, String(found))] : []),
    );
  }
}

// Of a step at work the daemon tells no time with each second.
function timeOf({ status, attempts, duration_ms }: Step): string {
  const since = status === 'running' ? attempts.at(-1)?.started_at : undefined;
  const ms = since === undefined ? duration_ms : Math.max(0, Date.now() - Date.parse(since));
  return ms > 0 ? duration(ms) : '';
}

function size(of: HTMLElement, width: number, height: number): void {
  of.style.setProperty('width', `${width}px`);
  of.style.setProperty('height', `${height}px`);
}
