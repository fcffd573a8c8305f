//! What commands and views share. Made once, when the extension starts.

import type * as vscode from 'vscode';
import type { OpenFolders } from './folders';
import type { Runs } from './runs/store';
import type { Server } from './server/server';

export interface Context {
  extension: vscode.ExtensionContext;
  output: vscode.LogOutputChannel;
  server: Server;
  folders: OpenFolders;
  runs: Runs;
}
