//! Shows notices, and does what is chosen.

import * as vscode from 'vscode';
import type { Runs } from '../runs/store';
import { settings } from '../settings';
import { Watch, notice, type Notice } from './notice';

export function notices(runs: Runs): vscode.Disposable {
  const watch = new Watch();
  watch.all(runs.runs());
  const stop = runs.onDidChange((change) => {
    if (change === undefined) {
      watch.all(runs.runs()).forEach(tell);
    } else if ('run_id' in change && change.step_id === undefined) {
      const run = runs.run(change.run_id);
      if (run) {
        tell(watch.one(run));
      }
    }
  });
  return new vscode.Disposable(stop);
}

function tell({ before, run }: { before: string; run: Parameters<typeof notice>[1] }): void {
  const said = notice(before, run, settings.notifications());
  if (said) {
    void show(said);
  }
}

async function show({ tone, message, actions }: Notice): Promise<void> {
  const tell = { information: vscode.window.showInformationMessage, warning: vscode.window.showWarningMessage, error: vscode.window.showErrorMessage }[tone];
  const chosen = await tell(message, ...actions.map(({ label }) => label));
  const action = actions.find(({ label }) => label === chosen);
  if (action) {
    await vscode.commands.executeCommand(`offshoot.ui.${action.command}`, action.target);
  }
}
