//! An artifact: as it is in the result, or, where git ignores it, in the worktree. Of the runs view only.

import * as path from 'node:path';
import * as vscode from 'vscode';
import { Documents } from '../review/documents';
import { isNode } from '../runs/node';
import type { Command } from './command';

export const openArtifact: Command = {
  name: 'openArtifact',
  async run(context, given) {
    if (!isNode(given) || given.kind !== 'artifact') {
      return;
    }
    const { run, step, artifact } = given;
    const place = { run_id: run.run_id, step_id: step.id, repo: run.repo, path: artifact.path, side: 'result' } as const;
    const { missing } = await context.server.call('file.read', place);
    if (missing && step.worktree == null) {
      throw new Error(`${artifact.path} is not in the step's result: git ignores it, and the worktree is gone`);
    }
    const uri = missing && step.worktree != null ? vscode.Uri.file(path.join(step.worktree, artifact.path)) : Documents.file(place);
    await vscode.commands.executeCommand('vscode.open', uri, { preview: true });
  },
};
