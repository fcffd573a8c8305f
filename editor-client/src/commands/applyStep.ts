//! “Apply a Step's Change to This File”: into the file as the editor has it, as one edit that can be undone.

import * as vscode from 'vscode';
import type { Command } from './command';
import { whichStep } from './pick';

export const applyStep: Command = {
  name: 'applyStep',
  async run(context) {
    const file = vscode.window.activeTextEditor?.document.uri;
    if (file?.scheme !== 'file') {
      throw new Error('no file is open: open the one that a step changed');
    }
    const { run, step } = await whichStep(context, undefined, {
      title: `Apply to ${vscode.workspace.asRelativePath(file)}`,
      fits: ({ step: { commit } }) => commit != null,
      none: 'no step has a result',
    });
    await context.server.execute('offshoot.applyStepToFile', { run_id: run.run_id, step_id: step.id, file: file.toString() });
  },
};
