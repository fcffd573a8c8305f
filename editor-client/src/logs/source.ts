//! Reads the log of an attempt piece by piece, and waits for more while the attempt goes on.

import type { LogChunk, LogRead } from '../generated/protocol';
import type { Api } from '../wire';
import { gap } from './text';

/** Whose log. */
export type LogOf = Required<Pick<LogRead, 'attempt'>> & Pick<LogRead, 'run_id' | 'step_id' | 'task_id'>;

/** How often is looked for more where no line is told of: an attempt may write without ending a line. */
const LOOK_MS = 1000;

export class LogSource {
  #offset = 0;
  #dropped = 0;
  #wake: (() => void) | undefined;
  #stopped = false;

  constructor(
    private readonly api: Api,
    private readonly of: LogOf,
  ) {}

  /** There may be more. */
  nudge(): void {
    this.#wake?.();
  }

  /** Nobody reads any more. */
  stop(): void {
    this.#stopped = true;
    this.nudge();
  }

  /** Gives each piece to `take`, in order, until the log's end, or, without `follow`, what there is. */
  async read(take: (text: string) => void, follow: boolean): Promise<void> {
    for (;;) {
      const chunk = await this.api.call('log.read', { ...this.of, offset: this.#offset });
      if (this.#isStopped()) {
        return;
      }
      this.#give(chunk, take);
      const more = chunk.next > this.#offset;
      this.#offset = chunk.next;
      if (chunk.end || (!more && !follow)) {
        return;
      }
      if (!more) {
        await this.#pause();
      }
      if (this.#isStopped()) {
        return;
      }
    }
  }

  // A method, because the compiler takes a field for unchanged over an `await`.
  #isStopped(): boolean {
    return this.#stopped;
  }

  #give({ text, dropped, offset }: LogChunk, take: (text: string) => void): void {
    // The daemon skips what was not kept: the piece after it begins later than asked for.
    if (dropped > this.#dropped && offset > this.#offset) {
      take(gap(dropped - this.#dropped));
      this.#dropped = dropped;
    }
    if (text !== '') {
      take(text);
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LOOK_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
