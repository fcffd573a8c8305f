//! What a command of the palette is, and how its failures are told.

import * as vscode from 'vscode';
import type { Context } from '../context';
import { failure, sentence } from '../wire';

/** One command: `offshoot.ui.<name>`. What it is called with is a tree's item, a target, a file, or nothing. */
export interface Command {
  name: string;
  run: (context: Context, ...given: unknown[]) => Promise<unknown>;
}

/** The person closed a question: nothing more is to be done, and nothing said. */
export class Dismissed extends Error {}

/** The value, unless the person closed the question. */
export function answered<T>(value: T | undefined): T {
  if (value === undefined) {
    throw new Dismissed('dismissed');
  }
  return value;
}

/** Registers a command; what it fails with is shown once, with the way out that fits. */
export function register(context: Context, { name, run }: Command): vscode.Disposable {
  return vscode.commands.registerCommand(`offshoot.ui.${name}`, async (...given: unknown[]) => {
    try {
      return await run(context, ...given);
    } catch (error) {
      if (!(error instanceof Dismissed)) {
        await tell(context.output, name, error);
      }
      return undefined;
    }
  });
}

/** Shows what went wrong with a command, with the way out that fits. */
export async function tell(log: vscode.LogOutputChannel, name: string, error: unknown): Promise<void> {
  const told = failure(error);
  log.error(`${name}: ${sentence(told)}`);
  const trust = 'Trust This Repository';
  const output = 'Show Output';
  const chosen = await vscode.window.showErrorMessage(sentence(told), ...(told.kind === 'untrusted' ? [trust] : []), output);
  if (chosen === trust) {
    await vscode.commands.executeCommand('offshoot.ui.trust');
  } else if (chosen === output) {
    log.show();
  }
}
