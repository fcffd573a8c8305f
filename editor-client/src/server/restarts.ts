//! How often a server that keeps ending is started again. Pure.

/** So many ends in {@link WINDOW_MS} are one too many: starting it again would not help. */
const MOST = 5;
const WINDOW_MS = 3 * 60_000;

/** The ends of the server that count. */
export class Restarts {
  #ends: number[] = [];

  /** It ended without being asked to. Whether to start it again. */
  ended(now: number): boolean {
    this.#ends = [...this.#ends.filter((end) => now - end < WINDOW_MS), now];
    return this.#ends.length < MOST;
  }

  /** A person starts it: earlier ends count no more. */
  forget(): void {
    this.#ends = [];
  }
}
