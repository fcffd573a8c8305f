//! “Copy Name of Branch”: of a step, or a run's result.

import * as vscode from 'vscode';
import { isNode } from '../runs/node';
import { answered, type Command } from './command';
import { whichRun } from './pick';

export const copyBranch: Command = {
  name: 'copyBranch',
  async run(context, given) {
    const ofStep = isNode(given) && given.kind === 'step' ? given.step.branch : undefined;
    const ofRun = async () => (await whichRun(context, given, { title: 'Copy Name of Branch', fits: ({ result_branch }) => result_branch != null, none: 'no run has a result branch yet' })).result_branch;
    await vscode.env.clipboard.writeText(answered(ofStep ?? (await ofRun()) ?? undefined));
  },
};
