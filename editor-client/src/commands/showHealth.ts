//! “Show Health”: the daemon, its slots and its queue, as a page.

import * as vscode from 'vscode';
import { healthPage } from '../health/page';
import type { Command } from './command';

export const showHealth: Command = {
  name: 'showHealth',
  async run(context) {
    const status = await context.server.call('daemon.status', {});
    await vscode.commands.executeCommand('markdown.showPreview', context.documents.page('Health of Offshoot.md', healthPage(status)));
  },
};
