//! Starts an editor without a screen on a repository, and reads what its script reports.

import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import * as places from '../support/places.ts';
import { LIMIT } from '../support/wait.ts';
import type { Repo } from '../support/world.ts';

/** What a script reports: `trouble` where it failed. */
export type Report = Record<string, unknown>;

/** Runs an editor to its end. Scripts find the names of files in the environment. */
export async function drive(
  repo: Repo,
  program: string,
  args: string[],
  names: Record<string, string>,
): Promise<Report> {
  const report = repo.world.path('report.json');
  const child = spawn(places.needed(program), args, {
    cwd: repo.path,
    env: { ...repo.world.environment(), PROGRAM: places.offshoot, ROOT: repo.path, REPORT: report, ...names },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 2 * LIMIT,
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (!existsSync(report)) throw new Error(`${program} left no report:\n${said}`);
  return JSON.parse(readFileSync(report, 'utf8')) as Report;
}
