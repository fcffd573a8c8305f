//! What commands and views share. Made once, when the extension starts.

import type * as vscode from 'vscode';
import type { OpenFolders } from './folders';
import type { LogTerminals } from './logs/terminal';
import type { RunPages } from './page/pages';
import type { Changes } from './review/changes';
import type { Documents } from './review/documents';
import type { Runs } from './runs/store';
import type { RunsTree } from './runs/tree';
import type { Server } from './server/server';
import type { Trust } from './trust';

export interface Context {
  extension: vscode.ExtensionContext;
  output: vscode.LogOutputChannel;
  server: Server;
  folders: OpenFolders;
  runs: Runs;
  tree: RunsTree;
  changes: Changes;
  documents: Documents;
  logs: LogTerminals;
  pages: RunPages;
  trust: Trust;
}
