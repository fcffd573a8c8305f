//! “Run Workflow…”: a file from the editor, the explorer, or a list of what the repositories have.

import * as path from 'node:path';
import * as vscode from 'vscode';
import type { RunStart } from '../generated/protocol';
import type { Context } from '../context';
import { preferences } from '../server/middleware';
import { count } from '../runs/words';
import { workflowFiles, type Found } from '../setup/workflows';
import { failure } from '../wire';
import { answered, type Command } from './command';

export const runWorkflow: Command = {
  name: 'runWorkflow',
  async run(context, given) {
    const file = given instanceof vscode.Uri ? given : await pickWorkflow(context, 'Run Workflow');
    return await startWorkflow(context, file);
  },
};

/** What a run may be started with beside its file. */
export type RunOptions = Partial<Pick<RunStart, 'auto' | 'inputs' | 'max_parallel' | 'timeout_s' | 'priority'>>;

/** Saves the file where it has changes, and starts the run. */
export async function startWorkflow(context: Context, file: vscode.Uri, options: RunOptions = {}): Promise<string> {
  const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === file.toString());
  if (document?.isDirty && !(await document.save())) {
    throw new Error(`${file.fsPath} has changes that could not be saved`);
  }
  const { run_id } = await context.server.call('run.start', { repo: path.dirname(file.fsPath), file: file.fsPath, ...preferences(file), ...options });
  await context.runs.refresh(run_id);
  return run_id;
}

interface Item extends vscode.QuickPickItem {
  file?: vscode.Uri;
}

/** Lets the person choose a workflow file of the open repositories; the active one comes first. */
export async function pickWorkflow(context: Context, title: string): Promise<vscode.Uri> {
  const items = await listed(context);
  const browse: Item = { label: '$(folder-opened) Another File…', alwaysShow: true };
  const chosen = answered(await vscode.window.showQuickPick([...items, browse], { title, placeHolder: 'Which workflow?', matchOnDescription: true, matchOnDetail: true }));
  return chosen.file ?? answered((await vscode.window.showOpenDialog({ title, filters: { Workflow: ['yaml', 'yml'] } }))?.[0]);
}

async function listed(context: Context): Promise<Item[]> {
  const active = vscode.window.activeTextEditor?.document;
  const found = await Promise.all(context.folders.folders().map((folder) => inRepository(context, folder)));
  const items = [...new Map(found.flat().map((item) => [item.file.fsPath, item])).values()];
  const rank = (item: { file: vscode.Uri }) => (item.file.fsPath === active?.uri.fsPath ? 0 : 1);
  items.sort((a, b) => rank(a) - rank(b));
  const known = items.some((item) => rank(item) === 0);
  // A workflow may lie anywhere; the server says whether it is one when it is run.
  return active && !known && active.languageId === 'yaml' && active.uri.scheme === 'file'
    ? [{ label: path.basename(active.uri.fsPath), description: 'open in the editor', file: active.uri }, ...items]
    : items;
}

/** A folder outside git has no workflow files; everything else that goes wrong is told. */
function ofNoRepository(error: unknown): Found[] {
  if (failure(error).kind !== 'not_a_repository') {
    throw error;
  }
  return [];
}

async function inRepository(context: Context, repo: string) {
  const files = await workflowFiles(context.server, repo).catch(ofNoRepository);
  return files.map((file) => ({
    label: file.name || (file.workflow_id ?? path.basename(file.path)),
    description: file.path,
    detail: file.errors > 0 ? `$(error) ${count(file.errors, 'error')}: cannot run yet` : count(file.steps, 'step'),
    file: vscode.Uri.file(file.where),
  }));
}
