//! “Show the Daemon's Log”: by the program itself, in a terminal.

import * as vscode from 'vscode';
import type { Command } from './command';

export const daemonLog: Command = {
  name: 'daemonLog',
  async run(context) {
    vscode.window.createTerminal({ name: 'Offshoot daemon', shellPath: context.server.program(), shellArgs: ['background', 'logs', '--follow'], iconPath: new vscode.ThemeIcon('output') }).show();
    await Promise.resolve();
  },
};
