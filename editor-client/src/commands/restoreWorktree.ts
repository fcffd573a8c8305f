//! “Restore Saved Work…”: what was saved of a removed worktree or branch comes into a new folder.

import * as path from 'node:path';
import * as vscode from 'vscode';
import { answered, type Command } from './command';
import { whichFolder } from './pick';

export const restoreWorktree: Command = {
  name: 'restoreWorktree',
  async run(context) {
    const repo = await whichFolder(context, 'Restore Saved Work');
    const { salvaged } = await context.server.call('worktree.list', { repo });
    if (salvaged.length === 0) {
      void vscode.window.showInformationMessage('Nothing is saved: no worktree with unsaved work was removed.');
      return;
    }
    const items = salvaged.map(({ name, commit }) => ({ label: name.replace('refs/offshoot/salvage/', ''), description: commit.slice(0, 10), name }));
    const { name, label } = answered(await vscode.window.showQuickPick(items, { title: 'Restore Saved Work', placeHolder: 'Which state?' }));
    const suggested = path.join(path.dirname(repo), `${path.basename(repo)}-${label.replaceAll('/', '-')}`);
    const folder = answered(await vscode.window.showInputBox({ title: 'Restore Saved Work', prompt: 'A new folder for it', value: suggested, ignoreFocusOut: true }));
    const restored = await context.server.call('worktree.restore', { repo, name, path: folder });
    const open = 'Open in a New Window';
    if ((await vscode.window.showInformationMessage(`Restored into ${restored.path}.`, open)) === open) {
      await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(restored.path), { forceNewWindow: true });
    }
  },
};
