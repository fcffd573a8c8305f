//! Neovim's own client: problems while typing, completion, a run with its progress, a run cancelled there, the end.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { World, type Repo } from '../support/world.ts';
import { drive } from './drive.ts';

interface Told {
  token: string;
  value: { kind: string; title?: string; message?: string; cancellable?: boolean };
}

describe('neovim', () => {
  const world = new World();
  after(() => world.end());

  test('problems, runs with progress, the end', async () => {
    const repo = await world.repo('shop', {
      'workflows/broken.yaml': 'steps:\n  - {id: a, run: "true"}\n  - {id: b, needs: [aa], run: "true"}\n',
      'workflows/fine.yaml': 'steps:\n  - {id: one, run: "true"}\n  - {id: two, needs: [one], run: "true"}\n',
      'workflows/slow.yaml': 'steps:\n  - {id: one, run: await-file never}\n',
    });
    const args = ['--headless', '--clean', '-n', 'workflows/broken.yaml'];
    const report = await drive(repo, 'nvim', [...args, '-c', `luafile ${import.meta.dirname}/neovim.lua`], {
      FINE: `${repo.path}/workflows/fine.yaml`,
      SLOW: `${repo.path}/workflows/slow.yaml`,
      MISTAKE: '3',
      // Behind the `a` in the brackets.
      COMPLETED: '21',
      MENDED: '  - {id: b, needs: [a], run: "true"}',
    });
    assert.equal(report['trouble'], undefined);
    const message = 'there is no step `aa`\ndid you mean `a`?';
    const place = { line: 3, column: 21, severity: 1 };
    assert.deepEqual(report['problems'], [{ ...place, source: 'offshoot', code: 'unknown-step', message }]);
    assert.deepEqual(report['offered'], ['a'], 'the only step that can be needed');

    const runs = report['runs'] as Record<'fine' | 'slow', string>;
    const told = Object.groupBy(report['progress'] as Told[], ({ token }) => token);
    assert.equal(Object.keys(told).length, 2, 'one token for each run');
    const fine = Object.entries(told).find(([token]) => token.includes(runs.fine))?.[1] ?? [];
    assert.deepEqual([fine[0]?.value.kind, fine.at(-1)?.value.kind], ['begin', 'end']);
    assert.match(fine[0]?.value.title ?? '', /fine/);
    assert.equal(fine[0]?.value.cancellable, true);
    // Which steps are caught is a matter of time; that they are counted is not.
    for (const { value } of fine.slice(0, -1)) assert.match(value.message ?? '', /^[0-2]\/2\b/);

    assert.equal(await status(repo, runs.fine), 'completed');
    assert.equal(await status(repo, runs.slow), 'cancelled');
    assert.equal(report['exit'], 0);
  });
});

async function status(repo: Repo, run: string): Promise<string> {
  return ((await repo.json('workflow', 'show', run)) as { status: string }).status;
}
