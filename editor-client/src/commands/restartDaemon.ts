//! “Restart the Daemon”: agents go on, the new one takes them over.

import * as vscode from 'vscode';
import type { Command } from './command';

export const restartDaemon: Command = {
  name: 'restartDaemon',
  async run(context) {
    await context.server.call('daemon.stop', { leave_running: true });
    // Whoever asks first starts it; the language server does so for every call.
    const { version, pid } = await context.server.call('daemon.status', {});
    void vscode.window.showInformationMessage(`The daemon runs: version ${version}, process ${pid}.`);
  },
};
