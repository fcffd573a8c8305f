//! “Open Log in an Editor”: the whole of it as text, to search in and keep.

import * as vscode from 'vscode';
import { LogSource } from '../logs/source';
import { readable } from '../logs/text';
import { whichAttempt } from './attempt';
import type { Command } from './command';

export const openLog: Command = {
  name: 'openLog',
  async run(context, given) {
    const { of, name } = await whichAttempt(context, given);
    const pieces: string[] = [];
    await new LogSource(context.server, of).read((text) => pieces.push(text), false);
    const uri = context.documents.page(`${name.replaceAll('/', '-')} ${of.run_id ?? of.task_id ?? ''}.log`, readable(pieces.join('')));
    await vscode.window.showTextDocument(uri, { preview: true });
  },
};
