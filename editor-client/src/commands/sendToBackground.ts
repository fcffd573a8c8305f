//! “Send to Background…”: selected code, or files, with what to do; an agent does it in a worktree of its own.

import * as path from 'node:path';
import * as vscode from 'vscode';
import { agents, toTask, type Selection } from '../background/request';
import type { Context } from '../context';
import { settings } from '../settings';
import { short } from '../runs/words';
import { answered, type Command } from './command';
import { whichFolder } from './pick';

export const sendToBackground: Command = {
  name: 'sendToBackground',
  async run(context, given, several) {
    const what = await subject(context, given, several);
    const words = await ask(context, what);
    const agent = await chooseAgent(context, what.folder);
    const priority = await choosePriority();
    await submit(context, { ...what, words, priority, agent, backends: settings.backends(vscode.Uri.file(what.folder)) });
  },
};

/** What is sent. */
interface Subject {
  folder: string;
  files: string[];
  selection?: Selection;
}

/** From the explorer: the files. From an editor: its selection, else its file. Else a repository. */
async function subject(context: Context, given: unknown, several: unknown): Promise<Subject> {
  const editor = vscode.window.activeTextEditor;
  const named = (Array.isArray(several) ? several : [given]).filter((one) => one instanceof vscode.Uri);
  const ofEditor = named.length === 0 || (named.length === 1 && named[0]?.toString() === editor?.document.uri.toString());
  const files = (ofEditor && editor ? [editor.document.uri] : named).filter((uri) => uri.scheme === 'file');
  const first = files[0];
  if (!first) {
    return { folder: await whichFolder(context, 'Send to Background'), files: [] };
  }
  const folder = vscode.workspace.getWorkspaceFolder(first)?.uri.fsPath ?? path.dirname(first.fsPath);
  const selection = ofEditor && editor ? selected(editor, folder) : undefined;
  return { folder, files: files.map((uri) => path.relative(folder, uri.fsPath) || '.'), ...(selection ? { selection } : {}) };
}

function selected({ document, selection }: vscode.TextEditor, folder: string): Selection | undefined {
  if (selection.isEmpty) {
    return undefined;
  }
  // A selection that ends before the first character of a line does not hold that line.
  const last = selection.end.character === 0 ? selection.end.line - 1 : selection.end.line;
  return {
    file: path.relative(folder, document.uri.fsPath),
    language: document.languageId,
    from: selection.start.line + 1,
    to: Math.max(selection.start.line, last) + 1,
    text: document.getText(selection),
  };
}

async function ask(context: Context, { files, selection }: Subject): Promise<string> {
  const last = context.extension.workspaceState.get<string>(LAST) ?? '';
  const about = selection ? `${selection.file}, lines ${selection.from} to ${selection.to}` : files.length > 0 ? short(files.join(', '), 60) : 'the repository';
  const words = answered(
    await vscode.window.showInputBox({
      title: `Send to Background: ${about}`,
      prompt: 'An agent does it in a worktree of its own, from your last commit. Your files stay as they are.',
      placeHolder: last || 'What is to be done?',
      ignoreFocusOut: true,
      validateInput: (value) => (value.trim() === '' ? 'Say what is to be done.' : undefined),
    }),
  );
  await context.extension.workspaceState.update(LAST, words);
  return words;
}

const LAST = 'offshoot.lastRequest';

interface AgentItem extends vscode.QuickPickItem {
  /** Nothing = ask. */
  name?: string;
}

async function chooseAgent(context: Context, repo: string): Promise<string> {
  const { settings: all } = await context.server.call('config.show', { repo });
  const known = agents(all);
  const usual: unknown = all.find(({ key }) => key === 'offshoot.default_agent')?.value;
  const items: AgentItem[] = [
    ...(typeof usual === 'string' ? [{ label: '$(hubot) Default Agent', description: usual, name: usual }] : []),
    ...known.map(({ name, is }) => ({ label: name, description: is, name })),
    { label: '$(edit) Another Role…', description: known.length === 0 ? 'no agent is configured: it is handed over in files' : '' },
  ];
  const { name } = answered(await vscode.window.showQuickPick(items, { title: 'Send to Background', placeHolder: 'Which agent?', ignoreFocusOut: true }));
  return name ?? (await askRole());
}

async function askRole(): Promise<string> {
  const validateInput = (value: string) => (/^[\w-]+$/.test(value.trim()) ? undefined : 'One word, for example reviewer.');
  const role = await vscode.window.showInputBox({ title: 'Send to Background', prompt: 'Role of the agent', value: 'implementer', ignoreFocusOut: true, validateInput });
  return answered(role).trim();
}

async function choosePriority(): Promise<number> {
  // As the engine names them.
  const items = [
    { label: '$(circle-filled) Medium', description: '50', value: 50 },
    { label: '$(arrow-up) High', description: '70', value: 70 },
    { label: '$(flame) Critical', description: '90', value: 90 },
    { label: '$(arrow-down) Low', description: '30', value: 30 },
  ];
  return answered(await vscode.window.showQuickPick(items, { title: 'Send to Background', placeHolder: 'How urgent is it?', ignoreFocusOut: true })).value;
}

async function submit(context: Context, request: Parameters<typeof toTask>[0]): Promise<void> {
  const task = await context.server.call('task.submit', toTask(request));
  if (task.run_id != null) {
    await context.runs.refresh(task.run_id);
  }
  const open = 'Show';
  const place = task.position != null && task.position > 1 ? ` It is number ${task.position} in the queue.` : '';
  const chosen = await vscode.window.showInformationMessage(`Sent to the background: ${short(request.words, 80)}.${place}`, open);
  if (chosen === open) {
    await (task.run_id != null ? context.tree.reveal(task.run_id) : vscode.commands.executeCommand('offshoot.runs.focus'));
  }
}
