//! “Set the Number of Slots…”: until the daemon ends.

import * as vscode from 'vscode';
import { answered, type Command } from './command';
import { tellPool } from './pool';

export const scalePool: Command = {
  name: 'scalePool',
  async run(context) {
    const { size, min, max } = await context.server.call('pool.status', {});
    const fits = (value: string) => /^\d+$/.test(value.trim()) && Number(value) >= min && Number(value) <= max;
    const wanted = answered(
      await vscode.window.showInputBox({
        title: 'Number of Slots',
        prompt: `How many attempts may run at once on this machine, until the daemon ends: ${min} to ${max}`,
        value: String(size),
        validateInput: (value) => (fits(value) ? undefined : `A number from ${min} to ${max}.`),
      }),
    );
    tellPool(await context.server.call('pool.scale', { size: Number(wanted) }));
  },
};
