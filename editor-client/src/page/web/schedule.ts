//! When the attempts of a run were under way, as shares of the whole time. Pure.

import type { Run } from '../../generated/protocol';

/** An attempt in the timeline; `from` and `to` are shares of the time that is shown. */
export interface Bar {
  attempt: number;
  status: string;
  from: number;
  to: number;
  ms: number;
}

export interface Row {
  id: string;
  title: string;
  status: string;
  bars: Bar[];
}

export interface Schedule {
  /** The time that is shown. */
  ms: number;
  rows: Row[];
  /** Moments with a mark, in milliseconds from the begin. */
  ticks: number[];
}

export function schedule(run: Run, now: number): Schedule {
  const begin = Date.parse(run.started_at ?? run.created_at);
  const times = run.steps.flatMap(({ attempts }) => attempts.map(({ ended_at }) => (ended_at == null ? now : Date.parse(ended_at))));
  const end = Math.max(run.ended_at == null ? now : Date.parse(run.ended_at), ...times);
  const ms = Math.max(1, end - begin);
  const share = (moment: number) => Math.min(1, Math.max(0, (moment - begin) / ms));
  const rows = run.steps.map(({ id, title, status, attempts }) => ({
    id,
    title: title || id,
    status,
    bars: attempts.map((one) => {
      const [from, to] = [Date.parse(one.started_at), one.ended_at == null ? end : Date.parse(one.ended_at)];
      return { attempt: one.attempt, status: one.status, from: share(from), to: share(to), ms: Math.max(0, to - from) };
    }),
  }));
  return { ms, rows, ticks: ticks(ms) };
}

const STEPS_MS = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 86_400_000];

/** At most six marks, at round times, without the begin. */
export function ticks(ms: number): number[] {
  const step = STEPS_MS.find((one) => ms / one <= 6) ?? Math.ceil(ms / 6 / 86_400_000) * 86_400_000;
  const marks: number[] = [];
  for (let mark = step; mark < ms * 0.97; mark += step) {
    marks.push(mark);
  }
  return marks;
}
