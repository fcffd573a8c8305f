//! “Discard Run”: its branches and worktrees go; what only they held is saved.

import * as vscode from 'vscode';
import { title } from '../runs/overview';
import { answered, type Command } from './command';
import { whichRun } from './pick';

export const discardRun: Command = {
  name: 'discardRun',
  async run(context, given) {
    const run = await whichRun(context, given, {
      title: 'Discard Run',
      fits: ({ status }) => ['completed', 'failed', 'cancelled', 'needs_input'].includes(status),
      none: 'there is no run to discard',
    });
    const discard = 'Discard';
    const detail = 'Its branches and worktrees are removed. What no other branch holds is saved first; “Offshoot: Restore Saved Work…” brings it back.';
    answered(await vscode.window.showWarningMessage(`Discard ${title(run)} (${run.run_id})?`, { modal: true, detail }, discard));
    const { branches, salvaged } = await context.server.call('run.discard', { run_id: run.run_id });
    await context.runs.reload();
    const saved = salvaged.length > 0 ? ' What only they held is saved.' : '';
    void vscode.window.showInformationMessage(`${title(run)} is discarded: ${branches.length === 1 ? '1 branch' : `${branches.length} branches`} removed.${saved}`);
  },
};
