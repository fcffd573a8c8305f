//! Does one thing after the other.

export class Turns {
  #last: Promise<void> = Promise.resolve();

  /** Does something when all that was asked for before is done, well or not. */
  take(work: () => Promise<void>): Promise<void> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}
