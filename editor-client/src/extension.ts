//! Starts and ends the extension. Only wiring: what there is, lives in the other files.

import * as vscode from 'vscode';
import { COMMANDS } from './commands/table';
import { register } from './commands/command';
import type { Context } from './context';
import { OpenFolders } from './folders';
import * as problems from './problems';
import { Runs } from './runs/store';
import { Server } from './server/server';
import { settings } from './settings';
import { statusBar } from './status/bar';

export async function activate(extension: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel('Offshoot', { log: true });
  const folders = new OpenFolders();
  const server = new Server(extension.extension, output, {});
  const runs = new Runs(server, folders, (message) => output.warn(message));
  const context: Context = { extension, output, server, folders, runs };
  extension.subscriptions.push(output, folders, server);
  extension.subscriptions.push(...COMMANDS.map((command) => register(context, command)));
  extension.subscriptions.push(statusBar(server, runs), ...wires(context));
  await server.start();
}

/** What happens when something else does. */
function wires(context: Context): vscode.Disposable[] {
  const { server, runs, folders } = context;
  const reload = () => {
    if (server.state.kind === 'running') {
      void runs.reload();
    }
  };
  return [
    server.onEvent((event) => runs.take(event)),
    server.onDidChange((state) => state.kind === 'running' && state.daemon.state === 'connected' && reload()),
    server.onProblem((problem) => void problems.show(context, problem)),
    folders.onDidChange(reload),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (settings.changed(change, 'server.path')) {
        void server.restart();
      }
    }),
  ];
}
