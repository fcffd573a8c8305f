//! Starts and ends the extension. Only wiring: what there is, lives in the other files.

import * as vscode from 'vscode';
import { register, tell } from './commands/command';
import { COMMANDS } from './commands/table';
import type { Context } from './context';
import { OpenFolders } from './folders';
import { LogTerminals } from './logs/terminal';
import { notices } from './notices/notices';
import { RunPages } from './page/pages';
import * as problems from './problems';
import { Changes } from './review/changes';
import { Decisions } from './review/decisions';
import { Documents } from './review/documents';
import { Runs } from './runs/store';
import { RunsTree } from './runs/tree';
import type { Lenses, Target } from './server/middleware';
import { Server } from './server/server';
import { settings } from './settings';
import { offerExcludes } from './setup/offer';
import { WorkflowFiles } from './setup/workflows';
import { statusBar } from './status/bar';
import { Trust } from './trust';

export async function activate(extension: vscode.ExtensionContext): Promise<void> {
  const context = make(extension);
  const { server, runs } = context;
  extension.subscriptions.push(...COMMANDS.map((command) => register(context, command)));
  extension.subscriptions.push(statusBar(server, runs), notices(runs), offerExcludes(runs, extension.globalState), ...wires(context));
  await server.start();
}

/** What a lens, an action or a link of the server asks for is shown in the views of the extension. */
const LENSES: Lenses = Object.fromEntries(
  ['showDiff', 'showLog', 'openWorktree'].map((name) => [`offshoot.${name}`, (target: Target) => Promise.resolve(vscode.commands.executeCommand(`offshoot.ui.${name}`, target))]),
);

function make(extension: vscode.ExtensionContext): Context {
  const output = vscode.window.createOutputChannel('Offshoot', { log: true });
  const folders = new OpenFolders();
  const trust = new Trust(extension.workspaceState);
  const server = new Server(extension.extension, output, LENSES, (command, error) => tell(output, command, error), () => trust.given);
  const runs = new Runs(server, folders, (message) => output.warn(message));
  const changes = new Changes(server, new Decisions(extension.workspaceState));
  const documents = new Documents(server);
  const tree = new RunsTree(server, runs, changes, () => folders.folders().length > 1);
  const logs = new LogTerminals(server);
  const pages = new RunPages(extension.extensionUri, server, runs);
  // What uses the server goes before it.
  extension.subscriptions.push(output, folders, trust, server, pages, logs, tree, documents, changes);
  return { extension, output, server, folders, runs, tree, changes, documents, logs, pages, trust };
}

/** What happens when something else does. */
function wires(context: Context): { dispose(): unknown }[] {
  const { server, runs, folders, logs, documents, trust } = context;
  const workflows = new WorkflowFiles(server, folders);
  const connected = async () => {
    if (server.state.kind === 'running' && server.state.daemon.state === 'connected') {
      workflows.soon();
      await runs.reload();
    }
  };
  return [
    workflows,
    server.onEvent((event) => {
      runs.take(event);
      logs.take(event);
      if (event.run_id != null && event.kind.startsWith('step.')) {
        documents.stale(event.run_id);
      }
    }),
    server.onDidChange(() => void connected()),
    server.onProblem((problem) => void problems.show(context, problem)),
    folders.onDidChange(() => void connected()),
    trust.onDidChange((given) => void server.tellTrust(given)),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (settings.changed(change, 'server.path')) {
        void server.restart();
      }
    }),
    { dispose: runs.onDidChange(() => offered(context)) },
    vscode.window.tabGroups.onDidChangeTabs(() => void vscode.commands.executeCommand('setContext', 'offshoot.reviewing', context.changes.active() !== undefined)),
  ];
}

/** Which commands the palette has a use for. */
function offered({ runs }: Context): void {
  void vscode.commands.executeCommand('setContext', 'offshoot.hasRuns', runs.runs().length > 0);
  void vscode.commands.executeCommand('setContext', 'offshoot.hasTasks', runs.tasks().length > 0);
}
