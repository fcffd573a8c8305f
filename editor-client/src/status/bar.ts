//! The item in the status bar.

import * as vscode from 'vscode';
import { overview } from '../runs/overview';
import type { Runs } from '../runs/store';
import type { Server } from '../server/server';
import { bar, type Bar, type Standing } from './text';

/** Shows what runs; click goes to the runs. */
export function statusBar(server: Server, runs: Runs): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('status', vscode.StatusBarAlignment.Left, 5);
  item.name = 'Offshoot';
  item.command = 'offshoot.runs.focus';
  const show = () => paint(item, bar(standing(server), overview(runs.runs()), ({ run, step }) => runs.word(run.run_id, step.id)?.line));
  show();
  item.show();
  return vscode.Disposable.from(item, server.onDidChange(show), new vscode.Disposable(runs.onDidChange(show)));
}

function standing({ state }: Server): Standing {
  // Without trust the server starts no daemon: there being none is as it should be.
  if (state.kind === 'running' && state.daemon.state === 'unavailable' && !vscode.workspace.isTrusted) {
    return { kind: 'untrusted' };
  }
  return state.kind === 'failed' ? { kind: 'failed', message: state.problem.message } : state;
}

function paint(item: vscode.StatusBarItem, { text, tooltip, spoken, tone }: Bar): void {
  item.text = text;
  item.tooltip = new vscode.MarkdownString(tooltip, true);
  item.accessibilityInformation = { label: spoken, role: 'button' };
  item.backgroundColor = tone === 'plain' ? undefined : new vscode.ThemeColor(tone === 'warning' ? 'statusBarItem.warningBackground' : 'statusBarItem.errorBackground');
}
