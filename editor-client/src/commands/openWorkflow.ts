//! “Open Workflow File”: of a run.

import * as vscode from 'vscode';
import { answered, type Command } from './command';
import { whichRun } from './pick';

export const openWorkflow: Command = {
  name: 'openWorkflow',
  async run(context, given) {
    const run = await whichRun(context, given, { title: 'Open Workflow File', fits: ({ workflow_file }) => workflow_file != null, none: 'there is no run of a workflow yet' });
    await vscode.window.showTextDocument(vscode.Uri.file(answered(run.workflow_file ?? undefined)));
  },
};
