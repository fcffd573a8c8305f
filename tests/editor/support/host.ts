//! Tests inside the extension host: a module of checks is loaded there with the whole `vscode` API at hand, and
//! what it reports becomes tests here.

import { readFileSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { Stage } from './stage.ts';
import { LIMIT } from './wait.ts';
import type { Repo } from './world.ts';

/** What one check came to. */
export interface Checked {
  name: string;
  /** What went wrong. */
  trouble?: string;
}

/** Without this the server takes no notice of what the address says about extensions and tests. */
export const DRIVER = ['--vscode-option', 'enable-smoke-test-driver'];

/** Opens a window on the repository whose extension host runs `host/index.ts`, and returns its report. */
export async function inHost(stage: Stage, repo: Repo): Promise<Checked[]> {
  const page = await stage.screen.page();
  const ended = new Promise<void>((resolve) => {
    void page.exposeFunction('codeAutomationExit', () => {
      resolve();
    });
  });
  const said: string[] = [];
  await page.exposeFunction('codeAutomationLog', (_: string, words: unknown[]) => said.push(words.join(' ')));
  const remote = (path: string) => `vscode-remote://127.0.0.1:${stage.server.port}${path}`;
  await page.goto(
    stage.server.address(repo.path, [
      // The host takes tests only beside an extension under development: it gets the one that is installed.
      ['extensionDevelopmentPath', remote(installed(stage))],
      ['extensionTestsPath', remote(resolve(import.meta.dirname, '../host/index.ts'))],
    ]),
  );
  const limit = AbortSignal.timeout(4 * LIMIT);
  await Promise.race([
    ended,
    new Promise((resolve) => {
      limit.addEventListener('abort', resolve);
    }),
  ]);
  try {
    return JSON.parse(readFileSync(stage.world.path('home/report.json'), 'utf8')) as Checked[];
  } catch (error) {
    throw new Error(`the extension host left no report:\n${said.slice(-40).join('\n')}`, { cause: error });
  }
}

function installed(stage: Stage): string {
  const extensions = stage.world.path('extensions');
  const name = readdirSync(extensions).find((folder) => folder.startsWith('offshoot.offshoot-'));
  if (name === undefined) throw new Error('the extension is not installed');
  return `${extensions}/${name}`;
}
