//! Tells the editor which files are workflows, so that its menus offer to run them: the context key
//! `offshoot.workflows` holds their paths.

import { realpath } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { OpenFolders } from '../folders';
import type { WorkflowFile } from '../generated/protocol';
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
    const found = await workflowFiles(this.api, repo).catch(() => []);
    return found.map(({ where }) => where);
  }
}

/** A workflow file, and where it lies as the editor names it. */
export type Found = WorkflowFile & { where: string };

/** Those of the repository that a folder is in: the folder may be a part of it, and have another name in the editor. */
export async function workflowFiles(api: Api, folder: string): Promise<Found[]> {
  const { files, repo } = await api.call('workflow.files', { repo: folder });
  const root = repo ? path.resolve(folder, path.relative(await realpath(folder), repo)) : folder;
  return files.map((file) => ({ ...file, where: path.resolve(root, file.path) }));
}
