//! Asks a program for its version before it becomes the server: a missing, foreign or broken one is known by name
//! then, and not as a connection that ended.

import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import { HEAD, fits, format, type Format } from './binary';

/** What a program turned out to be. */
export type Probe =
  | { kind: 'sound'; version: string }
  | { kind: 'missing' }
  | { kind: 'not_executable' }
  | { kind: 'wrong_platform'; built: Format }
  | { kind: 'not_offshoot'; said: string }
  | { kind: 'broken'; why: string };

/** What `--version` came to. */
export interface Outcome {
  /** Error code of the start, or exit code; absent when it ended well. */
  code?: string | number | undefined;
  /** It took too long. */
  timedOut: boolean;
  stdout: string;
  stderr: string;
}

/** How long a program may take to say its version; a cold disk takes part of a second. */
const PATIENCE_MS = 10_000;

/** Looks at a file and, where it can run here, runs it with `--version`. */
export async function probe(file: string, system = process.platform, processor = process.arch): Promise<Probe> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) {
    return { kind: 'missing' };
  }
  try {
    await access(file, constants.X_OK);
    const built = format(await head(file));
    return fits(built, system, processor) ? judge(await version(file)) : { kind: 'wrong_platform', built };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return code === 'EACCES' ? { kind: 'not_executable' } : { kind: 'broken', why: String(error) };
  }
}

/** What the outcome says of the program. Pure. */
export function judge({ code, timedOut, stdout, stderr }: Outcome): Probe {
  const said = (stdout || stderr).trim().split('\n')[0] ?? '';
  if (timedOut) {
    return { kind: 'broken', why: `it did not say its version within ${PATIENCE_MS / 1000} s` };
  }
  if (code === 'EACCES') {
    return { kind: 'not_executable' };
  }
  if (code !== undefined) {
    // Wrong libraries are the usual reason; the loader's words say which.
    return { kind: 'broken', why: said || `it ended with ${code}` };
  }
  const named = /^offshoot (\S+)/.exec(stdout);
  return named?.[1] ? { kind: 'sound', version: named[1] } : { kind: 'not_offshoot', said };
}

async function head(file: string): Promise<Buffer> {
  const opened = await open(file);
  try {
    const { buffer, bytesRead } = await opened.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await opened.close();
  }
}

function version(file: string): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(file, ['--version'], { timeout: PATIENCE_MS, windowsHide: true }, (error, stdout, stderr) => {
      resolve({ code: error ? (error.code ?? 'a signal') : undefined, timedOut: error?.killed ?? false, stdout, stderr });
    });
  });
}
