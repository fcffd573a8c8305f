//! The address of a file as it was before or after a step or run: which query its virtual document carries. Pure.

import type { Side } from '../generated/protocol';

/** Scheme of these documents. */
export const SCHEME = 'offshoot';

/** Which file, and of when. */
export interface FilePlace {
  run_id: string;
  step_id?: string;
  repo: string;
  path: string;
  side: Side;
  /** Not beside another state of it: that it is not there has to be said. */
  alone?: boolean;
}

/** Parts of the URI: the path keeps the file's name, so that its language and icon are right. */
export function toParts({ path, ...rest }: FilePlace): { scheme: string; path: string; query: string } {
  return { scheme: SCHEME, path: `/${path}`, query: JSON.stringify(rest) };
}

/** Back again; nothing for an address that is not ours. */
export function fromParts({ path, query }: { path: string; query: string }): FilePlace | undefined {
  try {
    const read: unknown = JSON.parse(query);
    if (typeof read !== 'object' || read === null) {
      return undefined;
    }
    const { run_id, step_id, repo, side, alone } = read as Record<string, unknown>;
    if (typeof run_id !== 'string' || typeof repo !== 'string' || (side !== 'base' && side !== 'result')) {
      return undefined;
    }
    return { run_id, repo, side, path: path.replace(/^\//, ''), ...(typeof step_id === 'string' ? { step_id } : {}), ...(alone === true ? { alone } : {}) };
  } catch {
    return undefined;
  }
}
