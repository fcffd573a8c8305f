//! “Apply Run”: its changes come into the working tree, without the files that were refused.

import * as vscode from 'vscode';
import type { Run } from '../generated/protocol';
import type { Context } from '../context';
import { wanted } from '../review/decisions';
import { title } from '../runs/overview';
import { count } from '../runs/words';
import type { Command } from './command';
import { whichRun } from './pick';

export const applyRun: Command = {
  name: 'applyRun',
  async run(context, given) {
    const shown = given instanceof vscode.Uri || given === undefined ? context.changes.active() : undefined;
    const run = shown ?? (await whichRun(context, given, { title: 'Apply Run', fits: ({ result_commit }) => result_commit != null, none: 'no run has a result yet' }));
    const all = (await context.changes.diff(run)).files.map(({ path }) => path);
    await apply(context, run, wanted(all, (path) => context.changes.refused(run, path)));
  },
};

/** Applies these files, or all, and offers to take it back. */
export async function apply(context: Context, run: Run, paths: string[] | undefined): Promise<void> {
  if (paths?.length === 0) {
    void vscode.window.showInformationMessage(`All files of ${title(run)} are refused: there is nothing to apply.`);
    return;
  }
  await saveAll(run.repo, await concerned(context, run, paths));
  const { changed, clashes } = await context.server.call('run.apply', { run_id: run.run_id, repo: run.repo, mode: 'apply', paths: paths ?? [] });
  if (clashes.length > 0) {
    await tellClashes(context, run, clashes);
    return;
  }
  const undo = 'Undo';
  const chosen = await vscode.window.showInformationMessage(changed.length === 0 ? `${title(run)} has nothing that is not here already.` : `${count(changed.length, 'file')} of ${title(run)} applied, uncommitted.`, ...(changed.length === 0 ? [] : [undo]));
  if (chosen === undo) {
    await vscode.commands.executeCommand('offshoot.ui.undoApply', { run_id: run.run_id });
  }
}

async function tellClashes(context: Context, run: Run, clashes: string[]): Promise<void> {
  const show = 'Show Changes';
  const message = `Nothing was applied: your own edits clash in ${clashes.join(', ')}.`;
  if ((await vscode.window.showWarningMessage(message, show)) === show) {
    await context.changes.show(run);
  }
}

/** Files that change here, those included that get another name. */
async function concerned(context: Context, run: Run, paths: string[] | undefined): Promise<string[]> {
  const { files } = await context.changes.diff(run);
  return files.filter(({ path }) => paths?.includes(path) ?? true).flatMap(({ path, from }) => (from == null ? [path] : [path, from]));
}

// What is merged with is what lies on disk. Everything else stays unsaved.
async function saveAll(repo: string, paths: string[]): Promise<void> {
  const merged = ({ uri, isDirty }: vscode.TextDocument) => isDirty && uri.scheme === 'file' && paths.some((path) => uri.fsPath === `${repo}/${path}`);
  for (const document of vscode.workspace.textDocuments.filter(merged)) {
    if (!(await document.save())) {
      throw new Error(`${document.uri.fsPath} has changes that could not be saved`);
    }
  }
}
