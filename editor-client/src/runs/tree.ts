//! The runs view: feeds the editor's tree with the nodes, and keeps its badge and message.

import * as vscode from 'vscode';
import type { Changes } from '../review/changes';
import type { Server } from '../server/server';
import { face, type Face } from './face';
import { above, below, id, type Node } from './node';
import { overview } from './overview';
import type { Runs } from './store';
import { count } from './words';

/** Redrawn at most this often: last lines come ten times a second. */
const PACE_MS = 300;

/** And at least this often while something runs: its time goes on though nothing happens. */
const CLOCK_MS = 5_000;

export class RunsTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #subscriptions: { dispose(): unknown }[] = [this.#changed];
  readonly #view: vscode.TreeView<Node>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #clock = setInterval(() => this.#goOn(), CLOCK_MS);

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(
    private readonly server: Server,
    private readonly runs: Runs,
    private readonly changes: Changes,
    private readonly several: () => boolean,
  ) {
    this.#view = vscode.window.createTreeView('offshoot.runs', { treeDataProvider: this, showCollapseAll: true });
    const soon = () => this.#soon();
    this.#subscriptions.push(this.#view, new vscode.Disposable(runs.onDidChange(soon)), server.onDidChange(soon), changes.onDidChange(soon));
    this.#headline();
  }

  getTreeItem(node: Node): vscode.TreeItem {
    const around = { now: Date.now(), several: this.several(), word: this.#word };
    return item(node, face(node, around));
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (!node) {
      if (this.server.state.kind === 'failed') {
        // Nothing could be done with them; the welcome text, which only an empty view has, says how to go on.
        return [];
      }
      const runs = this.runs.runs().map((run): Node => ({ kind: 'run', run }));
      return [...runs, ...this.runs.tasks().map((task): Node => ({ kind: 'task', task }))];
    }
    return node.kind === 'changes' ? await this.changes.nodes(node.run, node.step) : below(node);
  }

  getParent(node: Node): Node | undefined {
    return above(node);
  }

  /** Shows a run where it is. */
  async reveal(run_id: string): Promise<void> {
    const run = this.runs.run(run_id);
    if (run) {
      await this.#view.reveal({ kind: 'run', run }, { focus: true, select: true, expand: true });
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#clock);
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  readonly #word = (run: { run_id: string }, step: { id: string }) => this.runs.word(run.run_id, step.id);

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#headline();
      this.#changed.fire(undefined);
    }, PACE_MS);
  }

  #goOn(): void {
    if (overview(this.runs.runs()).active.length > 0) {
      this.#soon();
    }
  }

  #headline(): void {
    const waiting = overview(this.runs.runs()).waiting.length;
    this.#view.badge = waiting === 0 ? undefined : { value: waiting, tooltip: `${count(waiting, 'run')} waiting for you` };
    const message = this.#message();
    // The editor shows an empty string as an empty line.
    (this.#view as { message: string | undefined }).message = message;
    // The welcome text has a part for each of these.
    void vscode.commands.executeCommand('setContext', 'offshoot.server', this.server.state.kind);
    void vscode.commands.executeCommand('setContext', 'offshoot.loaded', this.runs.loaded);
  }

  #message(): string | undefined {
    const { state } = this.server;
    if (state.kind !== 'running' || this.runs.runs().length === 0) {
      return undefined;
    }
    const { state: daemon, message } = state.daemon;
    return daemon === 'lost' || daemon === 'unavailable' ? `Not connected to the daemon${message ? `: ${message}` : ''}. This is how it stood last.` : undefined;
  }
}

function item(node: Node, { label, description, tooltip, look, tags, unfolds, click }: Face): vscode.TreeItem {
  const made = new vscode.TreeItem(label, { no: vscode.TreeItemCollapsibleState.None, folded: vscode.TreeItemCollapsibleState.Collapsed, open: vscode.TreeItemCollapsibleState.Expanded }[unfolds]);
  made.id = id(node);
  made.contextValue = tags.join(' ');
  made.iconPath = new vscode.ThemeIcon(look.icon, look.color === undefined ? undefined : new vscode.ThemeColor(look.color));
  if (description !== undefined) {
    made.description = description;
  }
  if (tooltip !== undefined) {
    made.tooltip = new vscode.MarkdownString(tooltip, true);
  }
  if (click !== undefined) {
    made.command = { command: `offshoot.ui.${click}`, title: label, arguments: [node] };
  }
  if (node.kind === 'file' || node.kind === 'artifact') {
    // The theme's icon of the file, by its name.
    made.iconPath = vscode.ThemeIcon.File;
    made.resourceUri = vscode.Uri.from({ scheme: 'offshoot-entry', path: `/${node.kind === 'file' ? node.change.path : node.artifact.path}` });
  }
  return made;
}
