//! “Open Worktree in a New Window”.

import * as vscode from 'vscode';
import type { Command } from './command';
import { whichWorktree } from './worktree';

export const openWorktree: Command = {
  name: 'openWorktree',
  async run(context, given) {
    const { path } = await whichWorktree(context, given, 'Open Worktree');
    await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(path), { forceNewWindow: true });
  },
};
