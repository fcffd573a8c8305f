//! “Trust This Repository”: its commands may be run from the editor. Asks first; the trust of a workspace is passed on
//! by itself.

import * as vscode from 'vscode';
import { answered, type Command } from './command';
import { whichFolder } from './pick';

export const trust: Command = {
  name: 'trust',
  async run(context) {
    if (!vscode.workspace.isTrusted) {
      await vscode.commands.executeCommand('workbench.trust.manage');
      return;
    }
    const repo = await whichFolder(context, 'Trust This Repository');
    const yes = 'Trust';
    const detail = 'Workflows of a repository run commands, and start agents, with your rights.';
    answered(await vscode.window.showWarningMessage(`Trust ${repo}?`, { modal: true, detail }, yes));
    const { repo: root } = await context.server.call('trust.set', { repo, trusted: true });
    await context.trust.set(true);
    void vscode.window.showInformationMessage(`${root} is trusted.`);
  },
};
