//! How the slots are told of after they were changed.

import * as vscode from 'vscode';
import type { Pool } from '../generated/protocol';

export function tellPool({ size, busy, paused }: Pool): void {
  const words = paused ? 'The pool is paused: nothing new is started.' : `The pool is open: ${busy} of ${size} slots are busy.`;
  void vscode.window.showInformationMessage(words);
}
