//! Commands: everything that the package promises is there, and everything that is there is promised.

import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extension } from './extension.ts';

interface Package {
  contributes: { commands: { command: string; title: string }[] };
}

export const checks = {
  'each command of the package is registered, and no other of ours': async () => {
    const packageJSON = (await extension()).packageJSON as Package;
    const promised = packageJSON.contributes.commands.map(({ command }) => command);
    const registered = (await vscode.commands.getCommands(true)).filter((name) => name.startsWith('offshoot.ui.'));
    assert.deepEqual(registered.toSorted(), promised.filter((name) => name.startsWith('offshoot.ui.')).toSorted());
  },
};
