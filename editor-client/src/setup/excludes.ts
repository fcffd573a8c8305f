//! Which settings of the editor keep it from watching, searching and listing worktrees. Pure.

/** Worktrees of steps that are handed over lie here, in the repository. */
const WORKTREES = '**/.tapps-agents/worktrees/**';

/** A setting of the editor and what it would become. */
export interface Wish {
  key: string;
  value: unknown;
}

/** What is not set yet. `known` gives the effective value, or nothing where the editor has no such setting. */
export function wishes(known: (key: string) => unknown): Wish[] {
  const found: Wish[] = [];
  for (const key of ['files.watcherExclude', 'search.exclude']) {
    const value = known(key);
    if (typeof value === 'object' && value !== null && !(WORKTREES in value)) {
      found.push({ key, value: { [WORKTREES]: true } });
    }
  }
  // Else each worktree of each step becomes a repository of its own in Source Control.
  if (known('git.detectWorktrees') === true) {
    found.push({ key: 'git.detectWorktrees', value: false });
  }
  return found;
}
