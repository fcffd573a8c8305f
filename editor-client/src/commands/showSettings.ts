//! “Show Effective Settings”: each with where it comes from, as a page.

import * as vscode from 'vscode';
import { settingsPage } from '../health/page';
import type { Command } from './command';
import { whichFolder } from './pick';

export const showSettings: Command = {
  name: 'showSettings',
  async run(context) {
    const repo = await whichFolder(context, 'Show Effective Settings');
    const settings = await context.server.call('config.show', { repo });
    await vscode.commands.executeCommand('markdown.showPreview', context.documents.page('Settings of Offshoot.md', settingsPage(settings)));
  },
};
