//! “Choose the Server Program…”.

import { chooseServer as choose } from '../problems';
import type { Command } from './command';

export const chooseServer: Command = {
  name: 'chooseServer',
  run: () => choose(),
};
