//! The runs and tasks of the open folders, as the daemon last told them. Events only say what to read again; no
//! state is worked out here.

import type { Event, Run, Task } from '../generated/protocol';
import { failure, type Api } from '../wire';
import { without } from './dismissed';
import { Throttle } from './throttle';

/** So many runs of each repository are kept. */
const NEWEST = 30;

/** A run that many events are about is read again at most this often. */
const PACE_MS = 150;

/** Whose runs are shown. */
export interface Folders {
  /** A folder in each repository that is open. */
  folders(): string[];
}

/** What changed; nothing = everything may have. */
export type Change = { run_id: string; step_id?: string } | { task_id: string } | undefined;

/** What a running step said last. */
export interface Word {
  line: string;
  percentage?: number;
}

export class Runs {
  readonly #runs = new Map<string, Run>();
  readonly #tasks = new Map<string, Task>();
  readonly #words = new Map<string, Word>();
  readonly #dismissed = new Set<string>();
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #again: Throttle;
  #loaded = false;

  constructor(
    private readonly api: Api,
    private readonly folders: Folders,
    private readonly log: (message: string) => void,
  ) {
    this.#again = new Throttle(PACE_MS, (key) => this.#readAgain(key));
  }

  /** Something was read since the start. */
  get loaded(): boolean {
    return this.#loaded;
  }

  /** Newest first. */
  runs(): Run[] {
    return [...this.#runs.values()].sort((a, b) => b.created_at.localeCompare(a.created_at));
  }

  run(run_id: string): Run | undefined {
    return this.#runs.get(run_id);
  }

  /** Tasks that are no step of a run, newest first. */
  tasks(): Task[] {
    return [...this.#tasks.values()].sort((a, b) => b.created_at.localeCompare(a.created_at));
  }

  task(task_id: string): Task | undefined {
    return this.#tasks.get(task_id);
  }

  /** The last line of a step that runs. */
  word(run_id: string, step_id: string): Word | undefined {
    return this.#words.get(`${run_id}/${step_id}`);
  }

  /** Calls `listener` at each change, until what is returned is called. */
  onDidChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads everything anew. Where a folder cannot be read, what was known stays. */
  async reload(): Promise<void> {
    const read = await Promise.all(this.folders.folders().map((folder) => this.#list(folder)));
    if (read.every((list) => list !== undefined)) {
      this.#loaded = true;
      this.#runs.clear();
      this.#tasks.clear();
      this.#dismissed.clear();
    }
    for (const { runs, tasks, dismissed } of read.filter((list) => list !== undefined)) {
      dismissed.forEach((id) => this.#dismissed.add(id));
      runs.forEach((run) => this.#runs.set(run.run_id, without(run, this.#dismissed)));
      tasks.filter((task) => task.run_id == null).forEach((task) => this.#tasks.set(task.task_id, task));
    }
    this.#tell(undefined);
  }

  /** Reads one run; its newest state is the answer. */
  async refresh(run_id: string): Promise<Run | undefined> {
    await this.#again.now(runKey(run_id));
    return this.#runs.get(run_id);
  }

  /** The daemon told something. */
  take(event: Event): void {
    if (event.kind === 'reload' || event.kind === 'findings') {
      void this.reload();
    } else if (event.kind === 'line' || event.kind === 'progress') {
      this.#hear(event);
    } else if (event.run_id != null) {
      this.#again.soon(runKey(event.run_id));
    } else if (event.task_id != null) {
      this.#again.soon(taskKey(event.task_id));
    }
  }

  #hear({ run_id, step_id, message, percentage }: Event): void {
    if (run_id == null || step_id == null) {
      return;
    }
    const before = this.#words.get(`${run_id}/${step_id}`);
    const share = percentage ?? before?.percentage;
    this.#words.set(`${run_id}/${step_id}`, { line: message ?? before?.line ?? '', ...(share === undefined ? {} : { percentage: share }) });
    this.#tell({ run_id, step_id });
  }

  async #list(repo: string): Promise<{ runs: Run[]; tasks: Task[]; dismissed: string[] } | undefined> {
    try {
      const [{ runs }, { tasks }, { findings }] = await Promise.all([
        this.api.call('run.list', { repo, limit: NEWEST }),
        this.api.call('task.list', { repo, limit: NEWEST }),
        this.api.call('finding.list', { repo, dismissed: true }),
      ]);
      return { runs, tasks, dismissed: findings.flatMap(({ finding: { id } }) => id ?? []) };
    } catch (error) {
      // A folder outside git has no runs; that is no reason to bother anybody.
      const { kind, message } = failure(error);
      if (kind === 'not_a_repository') {
        return { runs: [], tasks: [], dismissed: [] };
      }
      this.log(`the runs of ${repo} could not be read: ${message}`);
      return undefined;
    }
  }

  async #readAgain(key: string): Promise<void> {
    const [sort, id] = [key.slice(0, 4), key.slice(4)];
    try {
      if (sort === RUN) {
        const run = without(await this.api.call('run.show', { run_id: id }), this.#dismissed);
        this.#runs.set(id, run);
        this.#forgetWords(run);
        this.#tell({ run_id: id });
      } else {
        const task = await this.api.call('task.show', { task_id: id });
        if (task.run_id == null) {
          this.#tasks.set(id, task);
          this.#tell({ task_id: id });
        }
      }
    } catch (error) {
      if (failure(error).kind === 'not_found' && (this.#runs.delete(id) || this.#tasks.delete(id))) {
        this.#tell(undefined);
      }
    }
  }

  #forgetWords(run: Run): void {
    run.steps.filter((step) => step.status !== 'running').forEach((step) => this.#words.delete(`${run.run_id}/${step.id}`));
  }

  #tell(change: Change): void {
    this.#listeners.forEach((listener) => listener(change));
  }
}

const RUN = 'run:';
const runKey = (run_id: string) => `${RUN}${run_id}`;
const taskKey = (task_id: string) => `tsk:${task_id}`;
