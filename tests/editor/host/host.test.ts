//! Exhaustive checks inside the extension host: `index.ts` runs there, each of its checks is a test here.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DRIVER, inHost } from '../support/host.ts';
import { sample } from '../support/sample.ts';
import { Stage } from '../support/stage.ts';

test('the extension host', async (context) => {
  const stage = await Stage.open({ args: DRIVER });
  try {
    const report = await inHost(stage, await sample(stage.world));
    assert(report.length > 0, 'no check was made');
    for (const { name, trouble } of report) {
      await context.test(name, () => {
        if (trouble !== undefined) assert.fail(trouble);
      });
    }
  } finally {
    await stage.end();
  }
});
