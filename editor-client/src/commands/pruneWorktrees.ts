//! “Remove Worktrees…”: those that nobody needs, or also those of failed runs; what is unsaved in them is saved first.

import * as vscode from 'vscode';
import { count } from '../runs/words';
import { answered, type Command } from './command';
import { whichFolder } from './pick';

export const pruneWorktrees: Command = {
  name: 'pruneWorktrees',
  async run(context) {
    const repo = await whichFolder(context, 'Remove Worktrees');
    const { worktrees } = await context.server.call('worktree.list', { repo });
    if (worktrees.length === 0) {
      void vscode.window.showInformationMessage('There are no worktrees of Offshoot in this repository.');
      return;
    }
    const size = (wanted: typeof worktrees) => `${count(wanted.length, 'worktree')}, ${Math.round(wanted.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0) / 1048576)} MiB`;
    const idle = worktrees.filter(({ state }) => state !== 'active' && state !== 'foreign');
    const items = [
      { label: 'Those that Nobody Needs', description: size(idle.filter(({ state }) => state === 'orphan')), all: false },
      { label: 'Also Those of Failed Runs', description: size(idle), all: true },
    ];
    const { all } = answered(await vscode.window.showQuickPick(items, { title: 'Remove Worktrees', placeHolder: 'What is unsaved in them is saved first' }));
    const { removed, salvaged } = await context.server.call('worktree.prune', { repo, all });
    const saved = salvaged.length > 0 ? `; ${count(salvaged.length, 'state')} saved` : '';
    void vscode.window.showInformationMessage(`${count(removed.length, 'worktree')} removed${saved}.`);
  },
};
