//! The pages of runs: one panel for each, kept up to date, and back after a reload of the window.

import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Run } from '../generated/protocol';
import { look } from '../runs/looks';
import { title } from '../runs/overview';
import type { Change, Runs } from '../runs/store';
import { failure, sentence, type Api } from '../wire';
import { html } from './html';
import { fromPage, type FromPage, type PageState, type ToPage } from './messages';

const TYPE = 'offshoot.run';

export class RunPages implements vscode.Disposable {
  readonly #open = new Map<string, vscode.WebviewPanel>();
  readonly #subscriptions: vscode.Disposable;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly api: Api,
    private readonly runs: Runs,
  ) {
    this.#subscriptions = vscode.Disposable.from(
      new vscode.Disposable(runs.onDidChange((change) => this.#changed(change))),
      vscode.window.registerWebviewPanelSerializer(TYPE, { deserializeWebviewPanel: (panel, state: unknown) => this.#restore(panel, state) }),
    );
  }

  /** Shows the page of a run, the one that is open where there is one. */
  show(run: Run): void {
    const open = this.#open.get(run.run_id);
    if (open) {
      open.reveal();
      return;
    }
    const panel = vscode.window.createWebviewPanel(TYPE, title(run), vscode.ViewColumn.Active, this.#options());
    this.#fill(panel, run.run_id);
  }

  dispose(): void {
    this.#subscriptions.dispose();
    for (const panel of this.#open.values()) {
      panel.dispose();
    }
  }

  #options(): vscode.WebviewOptions {
    return { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(this.extension, 'dist')] };
  }

  #restore(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const run_id = (state as Partial<PageState> | undefined)?.run_id;
    if (typeof run_id !== 'string' || this.#open.has(run_id)) {
      panel.dispose();
    } else {
      panel.webview.options = this.#options();
      this.#fill(panel, run_id);
    }
    return Promise.resolve();
  }

  #fill(panel: vscode.WebviewPanel, run_id: string): void {
    this.#open.set(run_id, panel);
    panel.iconPath = vscode.Uri.joinPath(this.extension, 'media', 'icon.png');
    panel.onDidDispose(() => this.#open.delete(run_id));
    panel.webview.onDidReceiveMessage((message: unknown) => void this.#heard(run_id, fromPage(message)));
    const file = (name: string) => panel.webview.asWebviewUri(vscode.Uri.joinPath(this.extension, 'dist', name)).toString();
    panel.webview.html = html({ run_id, script: file('page.js'), style: file('style.css'), source: panel.webview.cspSource, nonce: randomBytes(18).toString('base64url') });
  }

  async #heard(run_id: string, message: FromPage | undefined): Promise<void> {
    if (message?.kind === 'ready') {
      await this.#send(run_id);
    } else if (message) {
      const { command, step_id } = message;
      await vscode.commands.executeCommand(`offshoot.ui.${command}`, { run_id, ...(step_id === undefined ? {} : { step_id }), ...(message.attempt === undefined ? {} : { attempt: message.attempt }) });
    }
  }

  #changed(change: Change): void {
    if (change === undefined) {
      [...this.#open.keys()].forEach((run_id) => void this.#send(run_id));
    } else if ('run_id' in change && this.#open.has(change.run_id)) {
      void this.#send(change.run_id);
    }
  }

  async #send(run_id: string): Promise<void> {
    const message = await this.#message(run_id);
    const panel = this.#open.get(run_id);
    if (panel) {
      if (message.kind === 'run') {
        panel.title = `${title(message.run)}${look(message.run.status).icon === 'bell-dot' ? ' (needs you)' : ''}`;
      }
      await panel.webview.postMessage(message);
    }
  }

  // A page may be older than the runs that are kept at hand.
  async #message(run_id: string): Promise<ToPage> {
    try {
      const run = this.runs.run(run_id) ?? (await this.api.call('run.show', { run_id }));
      const lines = run.steps.map((step) => [step.id, this.runs.word(run_id, step.id)?.line ?? ''] as const);
      return { kind: 'run', run, lines: Object.fromEntries(lines.filter(([, line]) => line !== '')) };
    } catch (error) {
      return { kind: 'gone', message: sentence(failure(error)) };
    }
  }
}
