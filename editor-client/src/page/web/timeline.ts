//! The timeline: a row for each step, a bar for each attempt.

import type { Run } from '../../generated/protocol';
import { duration, state } from '../../runs/words';
import { element } from './element';
import { schedule, type Bar, type Row, type Schedule } from './schedule';

export class Timeline {
  readonly root = element('section', { class: 'timeline', 'aria-label': 'Timeline' });
  readonly #axis = element('div', { class: 'axis', 'aria-hidden': 'true' });
  readonly #list = element('div', { class: 'rows' });
  readonly #rows = new Map<string, { row: HTMLElement; track: HTMLElement; seen: string }>();

  constructor(
    private readonly select: (id: string) => void,
    private readonly open: (id: string) => void,
  ) {
    this.root.append(this.#list, this.#axis);
  }

  show(run: Run, selected: string | undefined, now: number): void {
    const made = schedule(run, now);
    if ([...this.#rows.keys()].join('\n') !== made.rows.map(({ id }) => id).join('\n')) {
      this.#rows.clear();
      this.#list.replaceChildren(...made.rows.map((row) => this.#make(row)));
    }
    made.rows.forEach((row) => this.#paint(row, selected));
    this.#mark(made);
  }

  #make({ id, title }: Row): HTMLElement {
    const track = element('span', { class: 'track' });
    const row = element('button', { class: 'row', type: 'button', onclick: () => this.select(id), ondblclick: () => this.open(id) }, element('span', { class: 'name', title }, title), track);
    this.#rows.set(id, { row, track, seen: '' });
    return row;
  }

  #paint({ id, title, status, bars }: Row, selected: string | undefined): void {
    const entry = this.#rows.get(id);
    if (!entry) {
      return;
    }
    const { row, track } = entry;
    row.setAttribute('aria-pressed', String(id === selected));
    const said = bars.map((bar) => `attempt ${bar.attempt} ${state(bar.status)}, ${duration(bar.ms)}`).join('; ');
    row.setAttribute('aria-label', `${title}: ${said || state(status)}`);
    const seen = bars.map(({ status: of }) => of).join();
    if (seen !== entry.seen) {
      entry.seen = seen;
      track.replaceChildren(...bars.map(() => element('span', { class: 'bar' })));
    }
    bars.forEach((bar, index) => paintBar(track.children[index] as HTMLElement, bar));
  }

  #mark({ ms, ticks }: Schedule): void {
    const marks = ticks.map((tick) => {
      const mark = element('span', { class: 'tick' }, duration(tick));
      mark.style.setProperty('left', `${(100 * tick) / ms}%`);
      return mark;
    });
    this.#axis.replaceChildren(element('span', {}), element('span', { class: 'ticks' }, ...marks));
  }
}

function paintBar(bar: HTMLElement, { attempt, status, from, to, ms }: Bar): void {
  bar.setAttribute('data-state', status);
  bar.title = `attempt ${attempt}: ${state(status)}, ${duration(ms)}`;
  bar.style.setProperty('left', `${100 * from}%`);
  bar.style.setProperty('width', `${100 * (to - from)}%`);
}
