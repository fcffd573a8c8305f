//! The extension as other extensions see it.

import assert from 'node:assert/strict';
import * as vscode from 'vscode';

/** It, awake. */
export async function extension(): Promise<vscode.Extension<unknown>> {
  const found = vscode.extensions.getExtension('offshoot.offshoot');
  assert(found, 'the extension is not there');
  await found.activate();
  return found;
}
