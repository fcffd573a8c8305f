//! Where the server may lie, in the order in which it is looked for. Pure.

import * as path from 'node:path';

/** Who named a place. */
export type Origin = 'setting' | 'bundled' | 'path';

/** A place to look. */
export interface Candidate {
  file: string;
  origin: Origin;
}

/** What decides. */
export interface Surroundings {
  /** `offshoot.server.path`, perhaps empty. */
  setting: string;
  /** Where the extension is installed. */
  extension: string;
  /** The user's home, for `~` in the setting. */
  home: string;
  /** `PATH`. */
  searchPath: string;
}

/** The name of the program, in the bundle and on the path. */
const PROGRAM = 'offshoot';

/**
 * Places in order. A setting stands alone: whoever names a file wants that one, and wants to be told when it is
 * not there.
 */
export function candidates({ setting, extension, home, searchPath }: Surroundings): Candidate[] {
  const named = setting.trim();
  if (named !== '') {
    return [{ file: named.replace(/^~(?=\/|$)/, home), origin: 'setting' }];
  }
  const folders = searchPath.split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  return [
    { file: path.join(extension, 'server', PROGRAM), origin: 'bundled' },
    ...folders.map((folder): Candidate => ({ file: path.join(folder, PROGRAM), origin: 'path' })),
  ];
}

/** How people are told who named a place. */
export function origin(of: Origin): string {
  switch (of) {
    case 'setting':
      return 'from the setting offshoot.server.path';
    case 'bundled':
      return 'the one that comes with the extension';
    case 'path':
      return 'found on PATH';
  }
}
