//! “Run Built-in Task…”: documentation, operations and security, knowledge base.

import * as vscode from 'vscode';
import type { Context } from '../context';
import { answered, type Command } from './command';
import { whichFolder } from './pick';

const TASKS = [
  { label: '$(book) Documentation', detail: 'What is documented and what not, broken links, an API reference', task: 'docs' },
  { label: '$(shield) Security Scan', detail: 'Secrets in files and history', task: 'ops', operation: 'scan' },
  { label: '$(package) Dependency Audit', detail: 'Known vulnerabilities of dependencies', task: 'ops', operation: 'audit' },
  { label: '$(server) Infrastructure', detail: 'Container files, manifests, pipelines', task: 'ops', operation: 'infra' },
  { label: '$(law) Compliance', detail: 'Licences and the bill of materials', task: 'ops', operation: 'compliance' },
  { label: '$(checklist) Operations and Security', detail: 'The four above, one after the other', task: 'ops' },
  { label: '$(library) Warm the Knowledge Base', detail: 'Documentation of the libraries that the project uses', task: 'context', operation: 'warm' },
  { label: '$(history) Staleness of the Knowledge Base', detail: 'Which documentation is too old', task: 'context', operation: 'staleness' },
  { label: '$(graph) Statistics of the Knowledge Base', detail: 'How much is there, and how often it was an answer', task: 'context', operation: 'stats' },
  { label: '$(sync) Refresh the Knowledge Base', detail: 'Fetch again what is stale', task: 'context', operation: 'refresh' },
  { label: '$(search) Search the Knowledge Base', detail: 'Documentation of a library, by its name', task: 'context', operation: 'search', asks: 'library' },
  { label: '$(trash) Clean the Knowledge Base', detail: 'Remove what is old, unused or too much', task: 'context', operation: 'clean' },
  { label: '$(pulse) Health of the Knowledge Base', detail: 'Whether it does its work', task: 'context', operation: 'health' },
] as const;

export const runTask: Command = {
  name: 'runTask',
  async run(context) {
    const chosen = answered(await vscode.window.showQuickPick(TASKS, { title: 'Run Built-in Task', placeHolder: 'Which one?' }));
    const params = 'asks' in chosen ? { [chosen.asks]: await value(chosen.asks) } : {};
    const target = await whichFolder(context, 'Run Built-in Task');
    const answer = await context.server.execute('offshoot.runTask', { task: chosen.task, ...('operation' in chosen ? { operation: chosen.operation } : {}), target, params });
    await follow(context, answer);
  },
};

/** A parameter without which the task makes no sense. */
async function value(name: string): Promise<string> {
  const validateInput = (text: string) => (text.trim() === '' ? 'Something has to be named' : undefined);
  return answered(await vscode.window.showInputBox({ title: 'Run Built-in Task', prompt: `Which ${name}?`, ignoreFocusOut: true, validateInput }));
}

async function follow(context: Context, answer: unknown): Promise<void> {
  const run_id = typeof answer === 'object' && answer !== null && 'run_id' in answer ? answer.run_id : undefined;
  if (typeof run_id === 'string') {
    await context.runs.refresh(run_id);
    await context.tree.reveal(run_id);
  }
}
