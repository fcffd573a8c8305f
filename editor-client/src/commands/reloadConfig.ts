//! “Reload Settings Files”.

import * as vscode from 'vscode';
import { reloadedWords } from '../health/page';
import type { Command } from './command';
import { whichFolder } from './pick';

export const reloadConfig: Command = {
  name: 'reloadConfig',
  async run(context) {
    const reloaded = await context.server.call('daemon.reload', { repo: await whichFolder(context, 'Reload Settings Files') });
    const tell = reloaded.diagnostics.length > 0 ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
    void tell(reloadedWords(reloaded));
  },
};
