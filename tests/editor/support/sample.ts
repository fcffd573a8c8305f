//! The sample: a small repository with source files and workflows, as a fresh copy.

import { cpSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Repo, type World } from './world.ts';

/** Its files. */
export const SAMPLE = resolve(import.meta.dirname, '../sample');

/** A copy of the sample, or of another folder, as a repository of this world. */
export async function sample(world: World, name = 'shop', folder = SAMPLE): Promise<Repo> {
  const path = world.path(name);
  mkdirSync(path);
  cpSync(folder, path, { recursive: true, filter: (source) => !source.startsWith(join(resolve(folder), '.git')) });
  return world.adopt(path);
}
