//! “Pause the Pool”: nothing new is started; what runs goes on.

import type { Command } from './command';
import { tellPool } from './pool';

export const pausePool: Command = {
  name: 'pausePool',
  run: async (context) => tellPool(await context.server.call('pool.pause', {})),
};
