//! Neovim's own client: problems while typing, a run with its progress, a proper end.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { World } from '../support/world.ts';
import { drive } from './drive.ts';

describe('neovim', () => {
  const world = new World();
  after(() => world.end());

  test('problems, a run, the end', async () => {
    const repo = await world.repo('shop', {
      'workflows/broken.yaml': 'steps:\n  - {id: a, run: "true"}\n  - {id: b, needs: [aa], run: "true"}\n',
      'workflows/fine.yaml': `steps:\n  - {id: one, run: "true"}\n  - {id: two, needs: [one], run: touch ${world.path('done')}}\n`,
    });
    const report = await drive(
      repo,
      'nvim',
      [
        ...['--headless', '--clean', '-n', 'workflows/broken.yaml'],
        ...['-c', `luafile ${import.meta.dirname}/neovim.lua`],
      ],
      {
        RUN: `${repo.path}/workflows/fine.yaml`,
        DONE: world.path('done'),
        MISTAKE: '3',
        MENDED: '  - {id: b, needs: [a], run: "true"}',
      },
    );
    assert.equal(report['trouble'], undefined);
    assert.deepEqual(report['problems'], [
      {
        line: 3,
        column: 21,
        severity: 1,
        source: 'offshoot',
        code: 'unknown-step',
        message: 'there is no step `aa`\ndid you mean `a`?',
      },
    ]);
    assert.equal(report['exit'], 0);
  });
});
