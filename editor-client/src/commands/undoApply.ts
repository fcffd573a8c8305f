//! “Take an Applied Run Back”.

import * as vscode from 'vscode';
import { title } from '../runs/overview';
import { count } from '../runs/words';
import type { Command } from './command';
import { whichRun } from './pick';

export const undoApply: Command = {
  name: 'undoApply',
  async run(context, given) {
    const run = await whichRun(context, given, { title: 'Take an Applied Run Back', fits: ({ result_commit }) => result_commit != null, none: 'no run has a result yet' });
    const { changed } = await context.server.call('run.apply', { run_id: run.run_id, repo: run.repo, mode: 'undo' });
    void vscode.window.showInformationMessage(`${title(run)} is taken back: ${count(changed.length, 'file')}.`);
  },
};
