//! The extension's settings, read where they are needed.

import * as vscode from 'vscode';

/** Which ends of runs are told in a notification. */
export type Notifications = 'all' | 'problems' | 'none';

const section = (scope?: vscode.Uri) => vscode.workspace.getConfiguration('offshoot', scope);

export const settings = {
  serverPath: (): string => section().get<string>('server.path') ?? '',
  notifications: (): Notifications => section().get<Notifications>('notifications') ?? 'all',
  /** Steps at once; nothing = as the workflow and the project's settings say. */
  maxParallel: (scope?: vscode.Uri): number | undefined => section(scope).get<number | null>('run.maxParallel') ?? undefined,
  /** Back ends before those of the steps. */
  backends: (scope?: vscode.Uri): string[] => section(scope).get<string[]>('run.backends') ?? [],
  /** Whether this key of ours changed. */
  changed: (change: vscode.ConfigurationChangeEvent, key: string): boolean => change.affectsConfiguration(`offshoot.${key}`),
};
