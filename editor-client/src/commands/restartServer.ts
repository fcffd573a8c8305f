//! “Restart the Language Server”; runs and agents go on, they belong to the daemon.

import type { Command } from './command';

export const restartServer: Command = {
  name: 'restartServer',
  run: (context) => context.server.restart(),
};
