//! “Resume the Pool”.

import type { Command } from './command';
import { tellPool } from './pool';

export const resumePool: Command = {
  name: 'resumePool',
  run: async (context) => tellPool(await context.server.call('pool.resume', {})),
};
