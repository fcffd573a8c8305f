//! “Refresh”: reads all runs anew.

import type { Command } from './command';

export const refresh: Command = {
  name: 'refresh',
  run: (context) => context.runs.reload(),
};
