//! Tells what is wrong with the server, and does what the person chooses.

import { chmod, stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { Context } from './context';
import { LABELS, type Problem, type WayOut } from './server/problem';

/** Shows a problem with its ways out. */
export async function show(context: Context, { problem, file }: { problem: Problem; file?: string }): Promise<void> {
  const offered = problem.waysOut.filter((way) => way !== 'reopen_in_wsl' || vscode.extensions.getExtension('ms-vscode-remote.remote-wsl'));
  const labels = offered.map((way) => LABELS[way]);
  const ask = context.server.state.kind === 'failed' ? vscode.window.showErrorMessage : vscode.window.showWarningMessage;
  const chosen = await ask(problem.message, ...labels);
  const way = offered.find((one) => LABELS[one] === chosen);
  if (way) {
    await take(context, way, file);
  }
}

async function take(context: Context, way: WayOut, file: string | undefined): Promise<void> {
  switch (way) {
    case 'choose_server':
      await chooseServer();
      return;
    case 'open_setting':
      await openSetting('offshoot.server.path');
      return;
    case 'retry':
      await context.server.restart();
      return;
    case 'show_output':
      context.output.show();
      return;
    case 'reopen_in_wsl':
      await vscode.commands.executeCommand('remote-wsl.reopenInWSL');
      return;
    case 'make_executable':
      if (file !== undefined) {
        await chmod(file, (await stat(file)).mode | 0o111);
        await context.server.restart();
      }
  }
}

// It belongs to the machine: of a remote one it does not stand among the person's own.
async function openSetting(query: string): Promise<void> {
  const command = vscode.env.remoteName === undefined ? 'openSettings' : 'openRemoteSettings';
  await vscode.commands.executeCommand(`workbench.action.${command}`, { query });
}

/** The setting's change starts the server. */
export async function chooseServer(): Promise<void> {
  const picked = await vscode.window.showOpenDialog({ title: 'The program offshoot', openLabel: 'Use This Program' });
  const file = picked?.[0]?.fsPath;
  if (file !== undefined) {
    await vscode.workspace.getConfiguration('offshoot').update('server.path', file, vscode.ConfigurationTarget.Global);
  }
}
