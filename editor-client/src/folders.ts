//! The repositories that are open: the workspace's folders, and what the built-in git extension found below them.

import * as vscode from 'vscode';
import type { Folders } from './runs/store';

/** The part of the built-in git extension's interface that is used. */
interface GitExtension {
  getAPI(version: 1): { repositories: { rootUri: vscode.Uri }[]; onDidOpenRepository: vscode.Event<unknown>; onDidCloseRepository: vscode.Event<unknown> };
}

export class OpenFolders implements Folders, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: { dispose(): unknown }[] = [this.#changed];
  #git: ReturnType<GitExtension['getAPI']> | undefined;

  /** Folders or repositories came or went. */
  readonly onDidChange = this.#changed.event;

  constructor() {
    this.#subscriptions.push(vscode.workspace.onDidChangeWorkspaceFolders(() => this.#changed.fire()));
    void this.#lookForGit();
  }

  /** Paths; a repository that is a workspace folder stands there once. */
  folders(): string[] {
    const open = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri);
    const found = (this.#git?.repositories ?? []).map((repository) => repository.rootUri);
    const files = [...open, ...found].filter((uri) => uri.scheme === 'file');
    return [...new Set(files.map((uri) => uri.fsPath))];
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  async #lookForGit(): Promise<void> {
    const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
    try {
      this.#git = (await extension?.activate())?.getAPI(1);
    } catch {
      // Git is switched off in the editor: the workspace's folders have to do.
      return;
    }
    if (this.#git) {
      const { onDidOpenRepository, onDidCloseRepository } = this.#git;
      this.#subscriptions.push(
        onDidOpenRepository(() => this.#changed.fire()),
        onDidCloseRepository(() => this.#changed.fire()),
      );
      this.#changed.fire();
    }
  }
}

/** Where something is asked for that is about no file: the folder of the active editor, else the first one. */
export function activeFolder(): vscode.WorkspaceFolder | undefined {
  const active = vscode.window.activeTextEditor?.document.uri;
  return (active && vscode.workspace.getWorkspaceFolder(active)) ?? vscode.workspace.workspaceFolders?.[0];
}
