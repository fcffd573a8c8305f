//! Tells the editor which files are workflows, so that its menus offer to run them: the context key
//! `offshoot.workflows` holds their paths.

import * as path from 'node:path';
import * as vscode from 'vscode';
import type { OpenFolders } from '../folders';
import type { Api } from '../wire';

/** Files come and go in bursts, as at a checkout. */
const QUIET_MS = 500;

export class WorkflowFiles implements vscode.Disposable {
  readonly #watcher = vscode.workspace.createFileSystemWatcher('**/workflows/*.{yaml,yml}');
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly api: Api,
    private readonly folders: OpenFolders,
  ) {
    const soon = () => this.soon();
    this.#watcher.onDidCreate(soon);
    this.#watcher.onDidDelete(soon);
  }

  /** Asks once it has become quiet. */
  soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), QUIET_MS);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#watcher.dispose();
  }

  async #ask(): Promise<void> {
    const found = await Promise.all(this.folders.folders().map((repo) => this.#of(repo)));
    await vscode.commands.executeCommand('setContext', 'offshoot.workflows', found.flat());
  }

  async #of(repo: string): Promise<string[]> {
    const { files } = await this.api.call('workflow.files', { repo }).catch(() => ({ files: [] }));
    return files.map((file) => path.resolve(repo, file.path));
  }
}
