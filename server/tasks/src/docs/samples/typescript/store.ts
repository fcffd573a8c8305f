/**
 * Keeps values.
 * @packageDocumentation
 */

/** Options of a store. */
export interface Options {
  size: number;
  /** Called when it is full. */
  onFull(): void;
  flush(): Promise<void>;
}

/**
 * A store.
 * @typeParam T - what is kept
 */
export class Store<T> {
  private values: T[] = [];

  /**
   * @param options - how to keep
   * @param optoins - misspelt
   */
  constructor(private readonly options: Options) {}

  /**
   * Adds a value.
   * @param value - what to add
   * @param where - where to
   * @returns how many there are
   */
  add(value: T, { at, before }: { at: number; before: boolean }): number {
    return this.values.push(value);
  }

  /**
   * Forgets everything.
   * @returns nothing of use
   */
  clear(): void {
    this.values = [];
  }

  get size(): number {
    return this.values.length;
  }

  private hidden() {}
  _internal() {}
  #really() {}
}

export function parse(text: string): number;
/** Parses. */
export function parse(text: string, radix?: number): number {
  return 1;
}

/** Doubles. */
export const double = (n: number) => n * 2;

export const LIMIT = 10;

export type Name = string;

function local() {}

/** Is exported below. */
function later() {}

export { later };

export default class extends Store<number> {}
