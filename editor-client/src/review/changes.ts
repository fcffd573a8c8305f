//! What a run or one of its steps changed: asked for once per result, shown as nodes and in the multi-file diff.

import * as vscode from 'vscode';
import type { Diff, FileChange, Run, Step } from '../generated/protocol';
import type { Node } from '../runs/node';
import { title } from '../runs/overview';
import type { Api } from '../wire';
import type { Decisions } from './decisions';
import { Documents } from './documents';

/** So many differences are kept; a result does not change, only its run may get another. */
const KEPT = 40;

export class Changes implements vscode.Disposable {
  readonly #known = new Map<string, Promise<Diff>>();
  readonly #reviewed = new Map<string, { run: Run; step?: Step }>();
  readonly #changed = new vscode.EventEmitter<void>();

  /** A file was refused, or that was taken back. */
  readonly onDidChange = this.#changed.event;

  constructor(
    private readonly api: Api,
    private readonly decisions: Decisions,
  ) {}

  /** The changed files as nodes. */
  async nodes(run: Run, step?: Step): Promise<Node[]> {
    const { files } = await this.diff(run, step);
    return files.map((change) => ({ kind: 'file', run, ...(step ? { step } : {}), change, refused: !step && this.decisions.refused(run.run_id, change.path) }));
  }

  async diff(run: Run, step?: Step): Promise<Diff> {
    const ask = () => this.api.call('run.diff', { run_id: run.run_id, step_id: step?.id ?? null, repo: run.repo });
    const result = step ? step.commit : run.result_commit;
    if (result == null) {
      // Still at work: it is another one each time.
      return await ask();
    }
    const key = `${run.run_id}/${step?.id ?? ''}@${result}`;
    const known = this.#known.get(key);
    if (known) {
      return await known;
    }
    const asked = ask();
    this.#known.set(key, asked);
    // A failure is not remembered.
    asked.catch(() => this.#known.delete(key));
    for (const oldest of [...this.#known.keys()].slice(0, Math.max(0, this.#known.size - KEPT))) {
      this.#known.delete(oldest);
    }
    return await asked;
  }

  /** All files in the multi-file diff; refused ones are not in it. */
  async show(run: Run, step?: Step): Promise<void> {
    const { files } = await this.diff(run, step);
    const shown = files.filter(({ path }) => step !== undefined || !this.decisions.refused(run.run_id, path));
    if (shown.length === 0) {
      const what = step ? `The step ${step.title || step.id}` : title(run);
      void vscode.window.showInformationMessage(files.length === 0 ? `${what} changed no files.` : `All files that ${what} changed are refused.`);
      return;
    }
    this.#reviewed.set(heading(run, step), { run, ...(step ? { step } : {}) });
    const resources = shown.map((change) => this.#sides(run, step, change));
    await vscode.commands.executeCommand('vscode.changes', heading(run, step), resources);
  }

  /** The run whose changes the active editor shows, where it is a multi-file diff of ours. */
  active(): Run | undefined {
    const label = vscode.window.tabGroups.activeTabGroup.activeTab?.label ?? '';
    // The editor adds the number of files.
    const found = [...this.#reviewed].find(([name]) => label === name || label.startsWith(`${name} (`));
    return found && !found[1].step ? found[1].run : undefined;
  }

  /** One file, before and after. */
  async showFile(run: Run, step: Step | undefined, change: FileChange): Promise<void> {
    const [, before, after] = this.#sides(run, step, change);
    const name = `${change.path} (${step ? step.title || step.id : title(run)})`;
    const empty = (side: 'base' | 'result') => Documents.file(this.#place(run, step, change.path, side));
    await vscode.commands.executeCommand('vscode.diff', before ?? empty('base'), after ?? empty('result'), name);
  }

  async refuse(run: Run, path: string): Promise<void> {
    await this.decisions.refuse(run.run_id, path);
    this.#changed.fire();
  }

  async takeBack(run: Run, path: string): Promise<void> {
    await this.decisions.takeBack(run.run_id, path);
    this.#changed.fire();
  }

  refused(run: Run, path: string): boolean {
    return this.decisions.refused(run.run_id, path);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #place(run: Run, step: Step | undefined, path: string, side: 'base' | 'result') {
    return { run_id: run.run_id, repo: run.repo, path, side, ...(step ? { step_id: step.id } : {}) };
  }

  // The editor wants to know what it is about, what was there before, and what is there now.
  #sides(run: Run, step: Step | undefined, { path, status }: FileChange): [vscode.Uri, vscode.Uri | undefined, vscode.Uri | undefined] {
    const label = Documents.file(this.#place(run, step, path, 'result'));
    const before = status === 'added' ? undefined : Documents.file(this.#place(run, step, path, 'base'));
    return [label, before, status === 'deleted' ? undefined : label];
  }
}

const heading = (run: Run, step: Step | undefined): string => (step ? `${step.title || step.id} in ${title(run)}` : `${title(run)}: ${run.run_id}`);
