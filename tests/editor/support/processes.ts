//! Processes as `/proc` shows them: who still belongs to a world, and ending those.

import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

/** A process that belongs to a world. */
export interface Found {
  pid: number;
  command: string;
}

/**
 * Every process that has the folder in its environment, on its command line, or as its working folder.
 *
 * Everything that a test starts carries the world's `HOME`, however often it forked. Zombies carry nothing.
 */
export function belongingTo(folder: string): Found[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid && touches(pid, folder))
    .map((pid) => ({ pid, command: read(pid, 'cmdline').replaceAll('\0', ' ').trim() }));
}

function touches(pid: number, folder: string): boolean {
  return read(pid, 'environ').includes(folder) || read(pid, 'cmdline').includes(folder) || inside(pid, folder);
}

// A process may end while it is looked at: then it has nothing to show.
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

function inside(pid: number, folder: string): boolean {
  try {
    const cwd = readlinkSync(`/proc/${pid}/cwd`);
    return cwd === folder || cwd.startsWith(`${folder}/`);
  } catch {
    return false;
  }
}

/** Whether a process lives (a zombie does not). */
export function alive(pid: number): boolean {
  const state = read(pid, 'stat').split(') ').at(-1);
  return state !== undefined && state !== '' && !/^[ZX]/.test(state);
}

/** `kill -9` for everything that is left. */
export function clear(left: Found[]): void {
  for (const { pid } of left) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself in the meantime.
    }
  }
}
