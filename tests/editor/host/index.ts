//! What the extension host loads: runs all checks one after the other and reports to `$HOME/report.json`.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as commands from './commands.ts';
import * as findings from './findings.ts';
import * as settings from './settings.ts';
import type { Checked } from '../support/host.ts';

const CHECKS: Record<string, () => Promise<void>> = { ...commands.checks, ...settings.checks, ...findings.checks };

/** Called by the extension host. */
export async function run(): Promise<void> {
  const report: Checked[] = [];
  for (const [name, check] of Object.entries(CHECKS)) {
    try {
      await check();
      report.push({ name });
    } catch (error) {
      report.push({ name, trouble: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }
  writeFileSync(join(process.env['HOME'] ?? '', 'report.json'), JSON.stringify(report));
}
