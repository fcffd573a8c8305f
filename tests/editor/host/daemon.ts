//! The daemon of this world, as checks in the extension host reach it.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Methods } from '../../../editor-client/src/generated/protocol.ts';
import * as wire from '../support/wire.ts';

/** Runs the binary in a folder. */
export async function offshoot(folder: string, ...args: string[]): Promise<string> {
  return (await promisify(execFile)('offshoot', args, { cwd: folder })).stdout;
}

/** One call of the method table. */
export async function call<M extends keyof Methods>(
  method: M,
  params: Methods[M]['params'],
): Promise<Methods[M]['result']> {
  const status = await offshoot(process.env['HOME'] ?? '/', '--json', 'background', 'status');
  return wire.call((JSON.parse(status) as { socket: string }).socket, method, params);
}
