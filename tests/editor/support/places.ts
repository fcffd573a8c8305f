//! Where things lie: the source tree, the binary under test, the programs that the tests drive.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Root of the source tree. */
export const root = resolve(import.meta.dirname, '../../..');

/** What cargo builds into. */
export const target = resolve(root, process.env['CARGO_TARGET_DIR'] ?? 'target');

/** The binary under test. */
export const offshoot = process.env['OFFSHOOT_BINARY'] ?? join(target, 'debug/offshoot');

/** The packaged extension under test. */
export const vsix = process.env['OFFSHOOT_VSIX'] ?? join(target, 'editor/offshoot.vsix');

/** Pictures: of what failed, and of everything where `OFFSHOOT_SHOTS` is set. */
export const shots = join(target, 'editor-shots');

/** Start of code-server; wants the node that runs this. */
export const codeServer = resolve(import.meta.dirname, '../node_modules/code-server/out/node/entry.js');

/** The first of these programs that is on the PATH. */
export function program(...names: string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(':');
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

/** The same, for one that has to be there. */
export function needed(...names: string[]): string {
  const found = program(...names);
  if (found === undefined)
    throw new Error(`${names.join(' or ')} is not installed; tests/editor/install says what is needed`);
  return found;
}
