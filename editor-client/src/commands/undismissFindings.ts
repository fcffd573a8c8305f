//! “Show Dismissed Findings Again…”.

import * as vscode from 'vscode';
import { severityLook } from '../runs/looks';
import { answered, type Command } from './command';
import { whichFolder } from './pick';

export const undismissFindings: Command = {
  name: 'undismissFindings',
  async run(context) {
    const repo = await whichFolder(context, 'Show Dismissed Findings Again');
    const { findings } = await context.server.call('finding.list', { repo, dismissed: true });
    if (findings.length === 0) {
      void vscode.window.showInformationMessage('No finding that still holds is dismissed.');
      return;
    }
    const items = findings.map(({ finding: { id, message, severity, path } }) => ({ label: `$(${severityLook(severity).icon}) ${message}`, description: path ?? '', id: id ?? '' }));
    const chosen = answered(await vscode.window.showQuickPick(items, { title: 'Show Dismissed Findings Again', canPickMany: true, matchOnDescription: true }));
    for (const { id } of chosen) {
      await context.server.call('finding.dismiss', { repo, id, undo: true });
    }
    await context.runs.reload();
  },
};
