//! Does something for a key soon, but not more often than at a pace, and never twice at once for one key.

interface Entry {
  /** Work that is under way. */
  running?: Promise<void>;
  /** Asked for again since that began. */
  again: boolean;
  timer?: ReturnType<typeof setTimeout>;
  last: number;
}

export class Throttle {
  readonly #entries = new Map<string, Entry>();

  constructor(
    private readonly paceMs: number,
    private readonly work: (key: string) => Promise<void>,
  ) {}

  /** At once the first time, then as the pace allows. */
  soon(key: string): void {
    const entry = this.#entry(key);
    if (entry.running) {
      entry.again = true;
    } else if (!entry.timer) {
      const wait = Math.max(0, entry.last + this.paceMs - Date.now());
      entry.timer = setTimeout(() => void this.#run(key, entry), wait);
    }
  }

  /** At once; the answer comes when it is done. */
  async now(key: string): Promise<void> {
    const entry = this.#entry(key);
    // What is under way may have read before the caller's change: it is waited for, and done again.
    await entry.running;
    await this.#run(key, entry);
  }

  #entry(key: string): Entry {
    const entry = this.#entries.get(key) ?? { again: false, last: 0 };
    this.#entries.set(key, entry);
    return entry;
  }

  async #run(key: string, entry: Entry): Promise<void> {
    clearTimeout(entry.timer);
    delete entry.timer;
    entry.again = false;
    entry.last = Date.now();
    entry.running = this.work(key).catch(() => undefined);
    await entry.running;
    delete entry.running;
    this.#after(key, entry);
  }

  // Meanwhile it may have been asked for again.
  #after(key: string, entry: Entry): void {
    if (entry.again) {
      this.soon(key);
    } else if (!entry.timer) {
      this.#entries.delete(key);
    }
  }
}
