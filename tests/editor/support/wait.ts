//! Waiting for a condition, with a limit. Tests never sleep for a number.

import { setTimeout as pause } from 'node:timers/promises';

/** The usual limit: far above what anything takes on a loaded machine. */
export const LIMIT = 60_000;

/** Between two looks at a condition. */
const PERIOD = 25;

/** Looks until there is something to see, and returns it. `undefined`, `null` and `false` are nothing. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  limit = LIMIT,
): Promise<NonNullable<Exclude<T, false>>> {
  const seen = await poll(look, limit);
  if (seen === undefined) throw new Error(`waited ${limit / 1000} s in vain for ${what}`);
  return seen;
}

/** The same, but not seeing it is an answer too. */
export async function poll<T>(
  look: () => T | Promise<T>,
  limit: number,
): Promise<NonNullable<Exclude<T, false>> | undefined> {
  const end = performance.now() + limit;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== null && seen !== false) return seen as NonNullable<Exclude<T, false>>;
    if (performance.now() >= end) return undefined;
    await pause(PERIOD);
  }
}
