//! All commands of the palette. A new one is a file and a line here, and its title in package.json.

import { output } from './output';
import { restartServer } from './restartServer';
import { runWorkflow } from './runWorkflow';
import type { Command } from './command';

export const COMMANDS: readonly Command[] = [runWorkflow, restartServer, output];
