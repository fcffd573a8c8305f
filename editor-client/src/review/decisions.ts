//! Which files of a run's result a person has refused: they are left out when the rest is applied. Kept with the
//! workspace.

/** Where it is kept; the part of `vscode.Memento` that is used. */
export interface Memory {
  get(key: string): unknown;
  update(key: string, value: unknown): Thenable<void>;
}

const KEY = 'offshoot.refused';

/** Of so many runs; the oldest is forgotten first. */
const RUNS = 100;

type Stored = Record<string, string[]>;

export class Decisions {
  constructor(private readonly memory: Memory) {}

  refused(run_id: string, path: string): boolean {
    return this.#stored()[run_id]?.includes(path) ?? false;
  }

  async refuse(run_id: string, path: string): Promise<void> {
    const { [run_id]: before = [], ...others } = this.#stored();
    const kept = Object.fromEntries(Object.entries(others).slice(-(RUNS - 1)));
    await this.memory.update(KEY, { ...kept, [run_id]: [...new Set([...before, path])] });
  }

  async takeBack(run_id: string, path: string): Promise<void> {
    const { [run_id]: before = [], ...others } = this.#stored();
    const left = before.filter((one) => one !== path);
    await this.memory.update(KEY, left.length === 0 ? others : { ...others, [run_id]: left });
  }

  #stored(): Stored {
    return (this.memory.get(KEY) as Stored | undefined) ?? {};
  }
}

/** The paths to apply: nothing where all are wanted, for then the daemon needs no list. */
export function wanted(all: readonly string[], refused: (path: string) => boolean): string[] | undefined {
  const left = all.filter((path) => !refused(path));
  return left.length === all.length ? undefined : left;
}
