//! Where a finding is: in the file of the working tree, else in the step's result. Of the runs view only.

import { stat } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { Documents } from '../review/documents';
import { isNode } from '../runs/node';
import type { Command } from './command';

export const openFinding: Command = {
  name: 'openFinding',
  async run(_context, given) {
    if (!isNode(given) || given.kind !== 'finding' || given.finding.path == null) {
      return;
    }
    const { run, step, finding } = given;
    const inCheckout = path.join(run.repo, given.finding.path);
    const isThere = await stat(inCheckout).then((found) => found.isFile(), () => false);
    const uri = isThere ? vscode.Uri.file(inCheckout) : Documents.file({ run_id: run.run_id, step_id: step.id, repo: run.repo, path: given.finding.path, side: 'result' });
    const [line, column] = [(finding.line ?? 1) - 1, (finding.column ?? 1) - 1];
    await vscode.window.showTextDocument(uri, { preview: true, selection: new vscode.Range(line, column, line, column) });
  },
};
