//! “Get Started”: the walkthrough.

import * as vscode from 'vscode';
import type { Command } from './command';

export const walkthrough: Command = {
  name: 'walkthrough',
  async run(context) {
    await vscode.commands.executeCommand('workbench.action.openWalkthrough', `${context.extension.extension.id}#start`, false);
  },
};
