//! Emacs' eglot, a client without progress: it gets problems and runs, and is told nothing that it cannot show.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { World } from '../support/world.ts';
import { drive } from './drive.ts';

describe('emacs', () => {
  const world = new World();
  after(() => world.end());

  test('problems and a run, without a word of progress', async () => {
    const repo = await world.repo('shop', {
      'workflows/broken.yaml': 'steps:\n  - {id: a, run: "true"}\n  - {id: b, needs: [aa], run: "true"}\n',
      'workflows/fine.yaml': `steps:\n  - {id: one, run: "true"}\n  - {id: two, needs: [one], run: touch ${world.path('done')}}\n`,
    });
    const names = {
      FILE: `${repo.path}/workflows/broken.yaml`,
      RUN: `${repo.path}/workflows/fine.yaml`,
      DONE: world.path('done'),
    };
    const report = await drive(repo, 'emacs', ['-q', '--batch', '-l', `${import.meta.dirname}/eglot.el`], names);
    assert.equal(report['trouble'], undefined);
    assert.deepEqual(report['problems'], [
      { line: 3, type: 'eglot-error', text: 'offshoot [unknown-step]: there is no step `aa`\ndid you mean `a`?' },
    ]);
    assert.match(String(report['run_id']), /^fine-/);
    const heard = report['heard'] as string[];
    assert(heard.includes('textDocument/publishDiagnostics'), heard.join());
    assert(!heard.some((method) => /progress/i.test(method)), heard.join());
  });
});
