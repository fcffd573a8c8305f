//! “Copy Path of Worktree”.

import * as vscode from 'vscode';
import type { Command } from './command';
import { whichWorktree } from './worktree';

export const copyWorktree: Command = {
  name: 'copyWorktree',
  async run(context, given) {
    await vscode.env.clipboard.writeText((await whichWorktree(context, given, 'Copy Path of Worktree')).path);
  },
};
