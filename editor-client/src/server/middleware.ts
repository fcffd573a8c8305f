//! What the client does before and instead of what a server's command does: a changed workflow file is saved before
//! it runs, and what has a view here is shown there.

import * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';
import { settings } from '../settings';

/** A run, and where it is about one a step, as the server's commands name it. */
export interface Target {
  run_id: string;
  step_id?: string | null;
}

/** Commands of the server that the extension shows in views of its own. */
export type Lenses = Record<string, (target: Target) => Promise<unknown>>;

/** The server's command that starts a run. */
export const RUN_WORKFLOW = 'offshoot.runWorkflow';

/** Tells a person what a command failed with. */
export type Tell = (command: string, error: unknown) => Promise<void>;

/** The middleware of the language client. */
export function middleware(lenses: Lenses, tell: Tell): Middleware {
  return {
    async executeCommand(command, args: unknown[], next) {
      const shown = lenses[command];
      if (shown && isTarget(args[0])) {
        return await shown(args[0]);
      }
      try {
        if (command === RUN_WORKFLOW && typeof args[0] === 'object' && args[0] !== null && 'workflow' in args[0]) {
          await saved(String(args[0].workflow));
          return (await next(command, [{ ...preferences(), ...args[0] }, ...args.slice(1)])) as unknown;
        }
        return (await next(command, args)) as unknown;
      } catch (error) {
        // The editor would show its bare message, without the way out.
        await tell(command, error);
        return undefined;
      }
    },
  };
}

/** What the settings of the editor ask of a run. */
export function preferences(scope?: vscode.Uri): { max_parallel?: number; backends?: string[] } {
  const parallel = settings.maxParallel(scope);
  const backends = settings.backends(scope);
  return { ...(parallel === undefined ? {} : { max_parallel: parallel }), ...(backends.length > 0 ? { backends } : {}) };
}

/** Saves the file when it is open with changes: the daemon reads it from disk. */
async function saved(workflow: string): Promise<void> {
  const same = (document: vscode.TextDocument) => document.uri.toString() === workflow || document.uri.fsPath === workflow;
  const document = vscode.workspace.textDocuments.find(same);
  if (document?.isDirty && !(await document.save())) {
    throw new Error(`${document.uri.fsPath} has changes that could not be saved`);
  }
}

function isTarget(value: unknown): value is Target {
  return typeof value === 'object' && value !== null && 'run_id' in value && typeof value.run_id === 'string';
}
