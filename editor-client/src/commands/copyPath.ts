//! “Copy Path”: of a file of a result or an artifact, relative to the repository. Of the runs view only.

import * as vscode from 'vscode';
import { isNode } from '../runs/node';
import type { Command } from './command';

export const copyPath: Command = {
  name: 'copyPath',
  async run(_context, given) {
    if (isNode(given) && (given.kind === 'file' || given.kind === 'artifact')) {
      await vscode.env.clipboard.writeText(given.kind === 'file' ? given.change.path : given.artifact.path);
    }
  },
};
