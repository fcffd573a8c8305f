//! “Take Trust Back”: nothing of the repository is run from the editor any more.

import * as vscode from 'vscode';
import type { Command } from './command';
import { whichFolder } from './pick';

export const distrust: Command = {
  name: 'distrust',
  async run(context) {
    const { repo } = await context.server.call('trust.set', { repo: await whichFolder(context, 'Take Trust Back'), trusted: false });
    // Else the next start would pass the workspace's trust on again. From now on this workspace only reads.
    await context.trust.set(false);
    void vscode.window.showInformationMessage(`${repo} is no longer trusted.`);
  },
};
