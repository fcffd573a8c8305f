//! “Copy Id”: of a run or task, for the command line.

import * as vscode from 'vscode';
import { isNode } from '../runs/node';
import type { Command } from './command';
import { whichRun } from './pick';

export const copyId: Command = {
  name: 'copyId',
  async run(context, given) {
    const ofTask = isNode(given) && 'task' in given ? given.task.task_id : undefined;
    const ofRun = async () => (await whichRun(context, given, { title: 'Copy Id of Run', fits: () => true, none: 'there are no runs yet' })).run_id;
    await vscode.env.clipboard.writeText(ofTask ?? (await ofRun()));
  },
};
