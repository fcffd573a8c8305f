//! “Stop the Daemon…”: with what runs, or without it.

import * as path from 'node:path';
import * as vscode from 'vscode';
import { count } from '../runs/words';
import { answered, type Command } from './command';

export const stopDaemon: Command = {
  name: 'stopDaemon',
  async run(context) {
    const items = [
      { label: 'Stop Everything', detail: 'Agents are ended; their steps go back into the queue and go on when the daemon is started again.', leave_running: false },
      { label: 'Leave Agents Running', detail: 'Only the daemon ends; the next one takes the agents over.', leave_running: true },
    ];
    const { leave_running } = answered(await vscode.window.showQuickPick(items, { title: 'Stop the Daemon', placeHolder: 'It works for all repositories of yours' }));
    const { repositories, attempts } = await context.server.call('daemon.stop', { leave_running });
    const open = repositories.length > 0 ? ` Work is open in ${repositories.map((repo) => path.basename(repo)).join(', ')}.` : '';
    void vscode.window.showInformationMessage(`The daemon is stopped; ${count(attempts, 'attempt')} ${leave_running ? 'go on' : 'went back into the queue'}.${open}`);
  },
};
