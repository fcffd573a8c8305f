//! Settings: each that the package offers has a default of its own type, and what is set reaches the runs.

import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extension } from './extension.ts';

interface Offered {
  type: string | string[];
  default: unknown;
}

export const checks = {
  'each setting has a value of its type, and a description': async () => {
    const { contributes } = (await extension()).packageJSON as {
      contributes: { configuration: { properties: Record<string, Offered & Record<string, unknown>> } };
    };
    for (const [key, offered] of Object.entries(contributes.configuration.properties)) {
      const value: unknown = vscode.workspace.getConfiguration().get(key);
      assert.deepEqual(value, offered.default, key);
      const type = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
      assert([offered.type].flat().includes(type), `${key} is ${type}`);
      assert(offered['description'] ?? offered['markdownDescription'] ?? offered['markdownDeprecationMessage'], key);
    }
  },
};
