//! The person's word on the workspace: whether commands of its repositories may be run for this editor. The server
//! passes it on to the daemon.

import * as vscode from 'vscode';

/** The person took it back here, although the editor trusts the workspace. */
const REFUSED = 'offshoot.distrusted';

export class Trust implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<boolean>();
  readonly #subscription: vscode.Disposable;

  /** The word changed. */
  readonly onDidChange = this.#changed.event;

  constructor(private readonly memory: vscode.Memento) {
    this.#subscription = vscode.workspace.onDidGrantWorkspaceTrust(() => this.#changed.fire(this.given));
  }

  get given(): boolean {
    return vscode.workspace.isTrusted && this.memory.get(REFUSED) !== true;
  }

  /** Gives it, or takes it back. */
  async set(given: boolean): Promise<void> {
    await this.memory.update(REFUSED, given ? undefined : true);
    this.#changed.fire(this.given);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}
