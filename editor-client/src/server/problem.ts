//! What people are told when there is no server: what is wrong, and the way out. Pure.

import { describe } from './binary';
import { origin, type Candidate } from './locate';
import type { Probe } from './probe';

/** A way out that a message offers. */
export type WayOut = 'choose_server' | 'open_setting' | 'retry' | 'show_output' | 'reopen_in_wsl' | 'make_executable';

/** What is wrong. */
export interface Problem {
  message: string;
  waysOut: WayOut[];
}

/** On a button. */
export const LABELS: Record<WayOut, string> = {
  choose_server: 'Choose the Program…',
  open_setting: 'Open Setting',
  retry: 'Try Again',
  show_output: 'Show Output',
  reopen_in_wsl: 'Reopen in WSL',
  make_executable: 'Make It Executable',
};

/** Where Offshoot does not run, whatever is installed. */
export function unsupported(system: string): Problem | undefined {
  if (system !== 'win32') {
    return undefined;
  }
  return {
    message: 'Offshoot does not run on Windows itself. Open the folder in WSL or on a remote machine; the extension then runs there.',
    waysOut: ['reopen_in_wsl'],
  };
}

/** Nothing was found in any place. */
export function nowhere(looked: readonly Candidate[]): Problem {
  const bundled = looked.find((one) => one.origin === 'bundled')?.file ?? '';
  return {
    message: `The program offshoot was not found: not in the extension (${bundled}) and not on PATH. Install the extension's package for this system, or say where the program is.`,
    waysOut: ['choose_server', 'retry', 'show_output'],
  };
}

/** A program was found, and it cannot be the server. */
export function unusable({ file, origin: from }: Candidate, found: Exclude<Probe, { kind: 'sound' }>, here: [system: string, processor: string]): Problem {
  const named = `${file} (${origin(from)})`;
  const other: WayOut[] = from === 'setting' ? ['open_setting', 'choose_server'] : ['choose_server'];
  switch (found.kind) {
    case 'missing':
      return { message: `The Offshoot server is not there: ${named}.`, waysOut: [...other, 'retry'] };
    case 'not_executable':
      return { message: `The Offshoot server may not be executed: ${named}.`, waysOut: ['make_executable', ...other] };
    case 'wrong_platform': {
      const built =
        found.built.kind === 'native'
          ? `is built for ${describe(found.built.system, found.built.processors.join(' or '))}`
          : 'is not a program of any system that is known';
      return { message: `The Offshoot server ${built}; this is ${describe(...here)}: ${named}. Install the package for this system.`, waysOut: other };
    }
    case 'not_offshoot':
      return { message: `This is another program than Offshoot: ${named}${found.said ? `. It said: ${found.said}` : ''}.`, waysOut: other };
    case 'broken':
      return { message: `The Offshoot server does not start: ${named}. ${found.why}`, waysOut: [...other, 'retry', 'show_output'] };
  }
}

/** A server of another version than the extension; it may well work. */
export function otherVersion({ file, origin: from }: Candidate, server: string, extension: string): Problem | undefined {
  if (server === extension) {
    return undefined;
  }
  return {
    message: `The Offshoot server is version ${server}, the extension ${extension}: ${file} (${origin(from)}). Where something is missing or looks wrong, use the same version of both.`,
    waysOut: from === 'setting' ? ['open_setting', 'choose_server'] : ['choose_server'],
  };
}
