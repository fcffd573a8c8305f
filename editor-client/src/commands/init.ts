//! “Create a First Workflow”: what `offshoot init` writes; it overwrites nothing.

import { execFile } from 'node:child_process';
import * as path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { count } from '../runs/words';
import type { Command } from './command';
import { whichFolder } from './pick';

const run = promisify(execFile);

export const init: Command = {
  name: 'init',
  async run(context) {
    const folder = await whichFolder(context, 'Create a First Workflow');
    const { repo, written, kept } = await initialized(context.server.program(), folder);
    const workflow = [...written, ...kept].find((file) => /workflows\/[^/]+\.ya?ml$/.test(file));
    if (workflow !== undefined) {
      await vscode.window.showTextDocument(vscode.Uri.file(path.join(repo, workflow)));
    }
    const words = written.length > 0 ? `Written: ${written.join(', ')}.` : `${count(kept.length, 'file')} were there already and stay as they are.`;
    void vscode.window.showInformationMessage(words);
  },
};

async function initialized(program: string, folder: string): Promise<{ repo: string; written: string[]; kept: string[] }> {
  try {
    const { stdout } = await run(program, ['--json', '--repo', folder, 'init'], { cwd: folder });
    return JSON.parse(stdout) as { repo: string; written: string[]; kept: string[] };
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    const told = /"message":\s*"((?:[^"\\]|\\.)*)"/.exec(stdout ?? '')?.[1];
    throw told === undefined ? error : new Error(told);
  }
}
