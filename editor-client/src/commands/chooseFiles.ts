//! “Choose Files to Apply…”: accept or refuse each file of a run's result, then apply what is accepted.

import * as path from 'node:path';
import * as vscode from 'vscode';
import { title } from '../runs/overview';
import { apply } from './applyRun';
import { answered, type Command } from './command';
import { whichRun } from './pick';

export const chooseFiles: Command = {
  name: 'chooseFiles',
  async run(context, given) {
    const shown = given instanceof vscode.Uri || given === undefined ? context.changes.active() : undefined;
    const run = shown ?? (await whichRun(context, given, { title: 'Choose Files to Apply', fits: ({ result_commit }) => result_commit != null, none: 'no run has a result yet' }));
    const { files } = await context.changes.diff(run);
    const items = files.map((file) => ({
      label: path.basename(file.path),
      description: [`${file.status}${file.added == null ? '' : ` +${file.added} −${file.removed ?? 0}`}`, path.dirname(file.path)].filter((word) => word !== '.').join(' · '),
      picked: !context.changes.refused(run, file.path),
      path: file.path,
    }));
    const options = { title: `Files of ${title(run)} to Apply`, placeHolder: 'What is not ticked is refused', canPickMany: true, matchOnDescription: true, ignoreFocusOut: true } as const;
    const accepted = new Set(answered(await vscode.window.showQuickPick(items, options)).map((item) => item.path));
    for (const file of files) {
      await (accepted.has(file.path) ? context.changes.takeBack(run, file.path) : context.changes.refuse(run, file.path));
    }
    await apply(context, run, accepted.size === files.length ? undefined : [...accepted]);
  },
};
