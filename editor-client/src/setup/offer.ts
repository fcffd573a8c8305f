//! Offers once, when the first run is seen, to keep worktrees out of watching, search and Source Control.

import * as vscode from 'vscode';
import type { Runs } from '../runs/store';
import { wishes, type Wish } from './excludes';

const ASKED = 'offshoot.excludesAsked';

export function offerExcludes(runs: Runs, memory: vscode.Memento): vscode.Disposable {
  let asking = false;
  const stop = runs.onDidChange(() => {
    if (!asking && memory.get(ASKED) !== true && runs.runs().length > 0) {
      asking = true;
      void offer(memory);
    }
  });
  return new vscode.Disposable(stop);
}

async function offer(memory: vscode.Memento): Promise<void> {
  const wanted = wishes((key) => vscode.workspace.getConfiguration().get(key));
  if (wanted.length === 0) {
    return;
  }
  const [yes, no] = ['Leave Them Out', 'No'];
  const message = `Steps of Offshoot work in git worktrees. Keep the editor from watching, searching and listing these? (${wanted.map(({ key }) => key).join(', ')} in your settings)`;
  const chosen = await vscode.window.showInformationMessage(message, yes, no);
  if (chosen === yes) {
    await Promise.all(wanted.map(set));
  }
  // Who closes the question without an answer is asked again in the next session.
  if (chosen !== undefined) {
    await memory.update(ASKED, true);
  }
}

/** In the person's settings: nothing of it enters the repository. */
async function set({ key, value }: Wish): Promise<void> {
  const settings = vscode.workspace.getConfiguration();
  const own = settings.inspect<unknown>(key)?.globalValue;
  const merged = typeof value === 'object' && value !== null ? { ...(own as object | undefined), ...value } : value;
  await settings.update(key, merged, vscode.ConfigurationTarget.Global);
}
