//! “Show Summary”: the page that the daemon writes about a run.

import * as vscode from 'vscode';
import { title } from '../runs/overview';
import type { Command } from './command';
import { whichRun } from './pick';

export const showSummary: Command = {
  name: 'showSummary',
  async run(context, given) {
    const run = await whichRun(context, given, { title: 'Show Summary', fits: () => true, none: 'there are no runs yet' });
    const { markdown } = await context.server.call('run.summary', { run_id: run.run_id });
    await vscode.commands.executeCommand('markdown.showPreview', context.documents.page(`${title(run)} ${run.run_id}.md`, markdown));
  },
};
