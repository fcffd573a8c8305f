//! What the status bar says. Pure: from the state of the server and of the runs to text, tooltip and tone.

import { progress, title, type Overview, type Place } from '../runs/overview';
import { count, plain, short } from '../runs/words';
import type { DaemonStatus } from '../wire';

/** What the bar needs to know of the server. */
export type Standing = { kind: 'stopped' | 'starting' } | { kind: 'running'; daemon: DaemonStatus } | { kind: 'failed'; message: string } | { kind: 'untrusted' };

/** What the bar shows. */
export interface Bar {
  text: string;
  /** Markdown. */
  tooltip: string;
  /** What a screen reader says. */
  spoken: string;
  tone: 'plain' | 'warning' | 'error';
}

/** So many lines of each sort are in the tooltip. */
const LINES = 8;

export function bar(standing: Standing, all: Overview, word: (place: Place) => string | undefined): Bar {
  switch (standing.kind) {
    case 'failed':
      return { text: '$(error) Offshoot', tooltip: `**Offshoot does not work**\n\n${plain(standing.message)}`, spoken: 'Offshoot does not work', tone: 'error' };
    case 'untrusted':
      return { text: '$(shield) Offshoot', tooltip: 'This workspace is not trusted: Offshoot starts nothing in it.', spoken: 'Offshoot: not trusted', tone: 'plain' };
    case 'stopped':
      return { text: '$(circle-slash) Offshoot', tooltip: 'The Offshoot language server is stopped.', spoken: 'Offshoot is stopped', tone: 'plain' };
    case 'starting':
      return { text: '$(sync~spin) Offshoot', tooltip: 'The Offshoot language server starts.', spoken: 'Offshoot starts', tone: 'plain' };
    case 'running':
      return daemonBar(standing.daemon) ?? runsBar(all, word);
  }
}

function daemonBar({ state, message }: DaemonStatus): Bar | undefined {
  const more = message ? `\n\n${plain(message)}` : '';
  if (state === 'lost') {
    const tooltip = `The connection to the Offshoot daemon is lost; it is made anew. Agents go on meanwhile.${more}`;
    return { text: '$(debug-disconnect) Offshoot', tooltip, spoken: 'Offshoot reconnects', tone: 'plain' };
  }
  if (state === 'unavailable') {
    return { text: '$(warning) Offshoot', tooltip: `**The Offshoot daemon is not available**${more}`, spoken: 'The Offshoot daemon is not available', tone: 'error' };
  }
  return undefined;
}

function runsBar(all: Overview, word: (place: Place) => string | undefined): Bar {
  const { working, waiting, active } = all;
  const tooltip = [...atWork(all, word), ...asking(all)].join('\n\n') || 'Nothing runs. Click to see the runs.';
  const busy = working.length > 0 ? count(working.length, 'step') : active.length > 0 ? `${active.length} queued` : '';
  if (waiting.length > 0) {
    const text = `$(bell-dot) Offshoot: needs you${busy && `, ${busy}`}`;
    return { text, tooltip, spoken: `Offshoot: ${count(waiting.length, 'run')} need you${busy && `, ${busy} at work`}`, tone: 'warning' };
  }
  if (busy) {
    return { text: `$(sync~spin) Offshoot: ${busy}`, tooltip, spoken: `Offshoot: ${busy} at work`, tone: 'plain' };
  }
  return { text: '$(git-branch) Offshoot', tooltip, spoken: 'Offshoot: nothing runs', tone: 'plain' };
}

function atWork({ working, active }: Overview, word: (place: Place) => string | undefined): string[] {
  const lines = working.slice(0, LINES).map((place) => {
    const said = word(place);
    const name = `**${plain(place.step.title)}** in ${plain(title(place.run))} (${progress(place.run)})`;
    return said ? `$(loading~spin) ${name}  \n${plain(short(said, 100))}` : `$(loading~spin) ${name}`;
  });
  const queued = active.filter((run) => !working.some((place) => place.run === run));
  const more = working.length - LINES;
  return [...lines, ...(more > 0 ? [`and ${more} more`] : []), ...queued.slice(0, LINES).map((run) => `$(clock) **${plain(title(run))}** is queued`)];
}

function asking({ waiting }: Overview): string[] {
  return waiting.slice(0, LINES).map((run) => {
    const why = run.error?.message;
    return `$(bell-dot) **${plain(title(run))}** needs you${why ? `: ${plain(short(why, 160))}` : ''}`;
  });
}
