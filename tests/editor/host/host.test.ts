//! Exhaustive checks inside the extension host: `index.ts` runs there, each of its checks is a test here.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DRIVER, inHost } from '../support/host.ts';
import { sample } from '../support/sample.ts';
import { Stage } from '../support/stage.ts';

/** A step that changes a file and says something about another line of it. */
const MEND = `steps:
  - id: mend
    run: |
      sed -i 's/self.lines = \\[\\]/self.lines = list()/' shop/orders.py
      printf '{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"mender"}},"results":[{"ruleId":"mended","message":{"text":"see to it"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"shop/orders.py"},"region":{"startLine":13}}}]}]}]}' > mend.sarif
    creates: [mend.sarif]
`;

test('the extension host', async (context) => {
  const stage = await Stage.open({ args: DRIVER });
  try {
    const repo = await sample(stage.world);
    repo.write('workflows/mend.yaml', MEND);
    const report = await inHost(stage, repo);
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
