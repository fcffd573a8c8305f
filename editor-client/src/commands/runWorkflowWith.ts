//! “Run Workflow with Options…”: inputs, who starts the agents, how much at once.

import * as vscode from 'vscode';
import { answered, type Command } from './command';
import { pickWorkflow, startWorkflow, type RunOptions } from './runWorkflow';

export const runWorkflowWith: Command = {
  name: 'runWorkflowWith',
  async run(context, given) {
    const file = given instanceof vscode.Uri ? given : await pickWorkflow(context, 'Run Workflow with Options');
    const chosen = answered(await vscode.window.showQuickPick(OPTIONS, { title: 'Run Workflow with Options', placeHolder: 'What is different this time?', canPickMany: true, ignoreFocusOut: true }));
    const options: RunOptions = {};
    for (const option of chosen) {
      await option.ask(options);
    }
    return await startWorkflow(context, file, options);
  },
};

interface Option extends vscode.QuickPickItem {
  ask: (options: RunOptions) => Promise<void>;
}

const OPTIONS: readonly Option[] = [
  { label: 'Start Agents', detail: 'Agents are started without a person, whatever the files say', ask: (options) => Promise.resolve(void (options.auto = true)) },
  { label: 'Inputs', detail: 'Values for conditions and steps', ask: async (options) => void (options.inputs = await inputs()) },
  { label: 'Steps at Once', detail: 'At most so many', ask: async (options) => void (options.max_parallel = await number('Steps at once', 1)) },
  { label: 'Time Limit', detail: 'Of one attempt, where the step says nothing', ask: async (options) => void (options.timeout_s = await number('Seconds for one attempt', 1)) },
  { label: 'Priority', detail: '0 to 100; 50 is usual', ask: async (options) => void (options.priority = await number('Priority, 0 to 100', 0, 100)) },
];

async function inputs(): Promise<Record<string, string>> {
  const pairs = /^\s*(?:[A-Za-z_][\w-]*=\S*\s*)*$/;
  const text = answered(
    await vscode.window.showInputBox({
      title: 'Inputs',
      prompt: 'KEY=VALUE, with spaces between them',
      placeHolder: 'mode=quick target=src',
      ignoreFocusOut: true,
      validateInput: (value) => (pairs.test(value) ? undefined : 'Each is KEY=VALUE.'),
    }),
  );
  return Object.fromEntries(
    text
      .trim()
      .split(/\s+/)
      .filter((pair) => pair !== '')
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
}

async function number(prompt: string, least: number, most = Number.MAX_SAFE_INTEGER): Promise<number> {
  const fits = (value: string) => /^\d+$/.test(value.trim()) && Number(value) >= least && Number(value) <= most;
  return Number(answered(await vscode.window.showInputBox({ prompt, ignoreFocusOut: true, validateInput: (value) => (fits(value) ? undefined : `A whole number from ${least} on${most === 100 ? ' to 100' : ''}.`) })));
}
