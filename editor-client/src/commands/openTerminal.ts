//! “Open Terminal in Worktree”.

import * as vscode from 'vscode';
import type { Command } from './command';
import { whichWorktree } from './worktree';

export const openTerminal: Command = {
  name: 'openTerminal',
  async run(context, given) {
    const { path, name } = await whichWorktree(context, given, 'Open Terminal in Worktree');
    vscode.window.createTerminal({ name: `worktree: ${name}`, cwd: path }).show();
  },
};
