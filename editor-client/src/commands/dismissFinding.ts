//! “Dismiss Finding”: it is shown no more, nor when a later run finds the same.

import * as vscode from 'vscode';
import type { Context } from '../context';
import { severityLook } from '../runs/looks';
import { isNode } from '../runs/node';
import { answered, type Command } from './command';
import { whichFolder } from './pick';

export const dismissFinding: Command = {
  name: 'dismissFinding',
  async run(context, given) {
    const node = isNode(given) && given.kind === 'finding' ? given : undefined;
    const repo = node?.run.repo ?? (await whichFolder(context, TITLE));
    for (const id of node ? [node.finding.id ?? ''] : await which(context, repo)) {
      await context.server.call('finding.dismiss', { repo, id });
    }
    await context.runs.reload();
  },
};

const TITLE = 'Dismiss Findings';

/** Ids of the findings that are meant, of all that hold in a repository. */
async function which(context: Context, repo: string): Promise<string[]> {
  const { findings } = await context.server.call('finding.list', { repo });
  const items = findings.flatMap(({ finding: { id, message, severity, path, line } }) =>
    id ? [{ label: `$(${severityLook(severity).icon}) ${message}`, description: path == null ? '' : `${path}${line == null ? '' : `:${line}`}`, id }] : [],
  );
  if (items.length === 0) {
    throw new Error('there is no finding');
  }
  return answered(await vscode.window.showQuickPick(items, { title: TITLE, canPickMany: true, matchOnDescription: true })).map(({ id }) => id);
}
