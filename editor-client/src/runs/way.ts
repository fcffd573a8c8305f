//! How a person gets on in the editor, where what the daemon says of it is about the command line. Pure.

import type { Run } from '../generated/protocol';

type WireError = NonNullable<Run['error']>;

/** By what is needed. */
const WAYS: Record<string, string> = {
  agent: 'Point an agent at the worktree; the run goes on by itself when the agent says that it is done.',
  conflict: 'Resolve the marked files in the worktree, then resume.',
  secret: 'Start the editor where they are set, then resume.',
  trust: 'Trust the repository, then resume.',
};

/** One sentence, where there is one. */
export function way({ hint, details }: WireError): string | undefined {
  const known = WAYS[detail(details, 'needs') ?? ''];
  if (known !== undefined) {
    return known;
  }
  return hint == null || hint === '' ? undefined : `${hint.charAt(0).toUpperCase()}${hint.slice(1)}${/[.?!]$/.test(hint) ? '' : '.'}`;
}

/** Where what does not merge is to be resolved. */
export function conflictFolder(error: WireError | null | undefined): string | undefined {
  return error ? detail(error.details, 'worktree') : undefined;
}

function detail(details: unknown, name: string): string | undefined {
  const found = typeof details === 'object' && details !== null ? (details as Record<string, unknown>)[name] : undefined;
  return typeof found === 'string' ? found : undefined;
}
