//! “Accept File”: one file of a run's result comes into the working tree.

import * as vscode from 'vscode';
import { fromParts } from '../review/place';
import { isNode } from '../runs/node';
import type { Context } from '../context';
import type { Run } from '../generated/protocol';
import { apply } from './applyRun';
import type { Command } from './command';

export const applyFile: Command = {
  name: 'applyFile',
  async run(context, given) {
    const file = await resultFile(context, given);
    if (file) {
      await apply(context, file.run, [file.path]);
    }
  },
};

/** The file of a run's result that a command is about: a node of the view, or a document of the diff. */
export async function resultFile(context: Context, given: unknown): Promise<{ run: Run; path: string } | undefined> {
  if (isNode(given)) {
    return given.kind === 'file' ? { run: given.run, path: given.change.path } : undefined;
  }
  const uri = given instanceof vscode.Uri ? given : vscode.window.activeTextEditor?.document.uri;
  const place = uri && fromParts(uri);
  if (!place) {
    return undefined;
  }
  const run = context.runs.run(place.run_id) ?? (await context.server.call('run.show', { run_id: place.run_id }));
  return { run, path: place.path };
}
