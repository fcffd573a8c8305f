//! “Check Out the Result Branch”: by the editor's own git, as from its menu.

import * as vscode from 'vscode';
import { answered, type Command } from './command';
import { whichRun } from './pick';

interface Git {
  getAPI(version: 1): { getRepository(uri: vscode.Uri): { checkout(branch: string): Promise<void> } | null };
}

export const checkoutResult: Command = {
  name: 'checkoutResult',
  async run(context, given) {
    const run = await whichRun(context, given, { title: 'Check Out the Result Branch', fits: ({ result_branch }) => result_branch != null, none: 'no run has a result branch yet' });
    const branch = answered(run.result_branch ?? undefined);
    const git = (await vscode.extensions.getExtension<Git>('vscode.git')?.activate())?.getAPI(1);
    const repository = git?.getRepository(vscode.Uri.file(run.repo));
    if (!repository) {
      throw new Error(`git is switched off in the editor, or does not know ${run.repo}; in a terminal: git checkout ${branch}`);
    }
    await repository.checkout(branch).catch((error: unknown) => {
      throw new Error(`git does not check out ${branch}: ${said(error)}`);
    });
    void vscode.window.showInformationMessage(`${branch} is checked out.`);
  },
};

/** What git said; the editor's own error says only that it failed. */
function said(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message?: string };
  const lines = (stderr ?? '').split('\n').map((line) => line.replace(/^(error|fatal): /, '').trim());
  return lines.filter((line) => line !== '' && line !== 'Aborting').join(' ') || (message ?? String(error));
}
