//! What becomes of a result: applied and taken back, some files of it refused, checked out, discarded.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { sample } from '../support/sample.ts';
import { Stage, act } from '../support/stage.ts';
import { until } from '../support/wait.ts';
import type { Workbench } from '../support/workbench.ts';
import type { Repo } from '../support/world.ts';

/** Changes a file, makes one, and removes one. */
const THREE = `steps:
  - id: change
    title: Change three files
    run: |
      sed -i 's/API_KEY = .*/API_KEY = ""/' shop/prices.py
      printf 'new\\n' > new.txt
      rm tools/scan.sh
`;

describe('reviews in a workbench', () => {
  let stage: Stage;
  let repo: Repo;
  let window: Workbench;

  before(async () => {
    stage = await Stage.open();
    repo = await sample(stage.world);
    repo.write('workflows/three.yaml', THREE);
    repo.git('add', '--all');
    repo.git('commit', '--quiet', '--message', 'three');
    window = await stage.window(repo.path);
    await window.sideBar('Offshoot');
  });
  after(() => stage.end());

  const test = (name: string, body: (window: Workbench) => Promise<void>) => {
    act(
      name,
      () => window,
      async (window) => {
        try {
          await body(window);
          await window.clearNotices();
        } finally {
          repo.git('reset', '--quiet', '--hard');
          repo.git('clean', '--quiet', '--force');
        }
      },
    );
  };
  const there = (path: string) => existsSync(join(repo.path, path));
  const status = () => repo.git('status', '--porcelain');
  const run = /^three\s*completed/;

  test('a run is applied from its message, beside what is typed, and taken back', async (window) => {
    await window.open('README.md', 1);
    await window.type('Typed. ');
    await repo.expect('workflow', 'execute', '--workflow', 'workflows/three.yaml');
    await window.choose(/three is done in/, 'Apply');
    await window.notice(/3 files of three applied, uncommitted/);
    await window.shot('applied');
    assert.equal(readFileSync(join(repo.path, 'new.txt'), 'utf8'), 'new\n');
    assert.equal(there('tools/scan.sh'), false);
    await window.choose(/3 files of three applied/, 'Undo');
    await window.notice(/three is taken back: 3 files/);
    assert.equal(status(), '');
    await window.shows(/Typed\. /);
    await window.palette('File: Revert File');
  });

  test('a file that is refused stays away, and can be taken after all', async (window) => {
    await window.row(run).click();
    await window.press('ArrowRight');
    const changes = window.row(/^Changes/);
    await changes.click();
    await window.press('ArrowRight');
    const made = window.row('new.txt');
    await made.waitFor();
    await window.shot('changed-files');
    await window.inline(made, 'Refuse File');
    await window.row(/new\.txt\s*refused/).waitFor();
    await window.shot('refused');
    await window.inline(changes, 'Apply Run');
    await window.notice(/2 files of three applied, uncommitted/);
    assert.deepEqual([there('new.txt'), there('tools/scan.sh')], [false, false]);
    await window.inline(made, 'Take Refusal Back');
    await window.inline(made, 'Accept File');
    await window.notice(/1 file of three applied, uncommitted/);
    assert.equal(there('new.txt'), true);
  });

  test('files are chosen from a list', async (window) => {
    await window.palette('Offshoot: Choose Files to Apply…');
    await window.pick('three');
    await window.pick('scan.sh');
    await window.shot('choose-files');
    await window.press('Enter');
    await window.notice(/2 files of three applied, uncommitted/);
    assert.deepEqual([there('new.txt'), there('tools/scan.sh')], [true, true]);
    await window.palette('Offshoot: Take Applied Run Back');
    await window.pick('three');
    await window.notice(/three is taken back: 2 files/);
    assert.equal(status(), '');
  });

  test('what clashes with own edits is named, and nothing is done', async (window) => {
    repo.write('new.txt', 'mine\n');
    await window.palette('Offshoot: Choose Files to Apply…');
    await window.pick('three');
    await until('the files', async () => (await window.choices()).some((title) => title.includes('scan.sh')));
    await window.press('Enter');
    await window.notice(/Nothing was applied: .* new\.txt/);
    await window.shot('clash');
    assert.equal(there('tools/scan.sh'), true);
  });

  test('the result branch is checked out, if nothing is in its way', async (window) => {
    repo.write('shop/prices.py', 'mine\n');
    await window.palette('Offshoot: Check Out Result Branch');
    await window.pick('three');
    await window.notice(/Git does not check out offshoot\/three-\w+: .*local changes.*shop\/prices\.py/);
    await window.shot('not-checked-out');
    repo.git('checkout', '--quiet', 'shop/prices.py');
    await window.palette('Offshoot: Check Out Result Branch');
    await window.pick('three');
    await window.notice(/offshoot\/three-\w+ is checked out/);
    await window.status(/offshoot\/three-/);
    assert.match(repo.git('branch', '--show-current'), /^offshoot\/three-/);
    await window.shot('checked-out');
    repo.git('checkout', '--quiet', 'main');
  });

  test('a run is discarded after a question', async (window) => {
    await window.palette('Offshoot: Discard Run…');
    await window.pick('three');
    await window.page.locator('.monaco-dialog-box').waitFor();
    await window.shot('discard');
    await window.confirm('Discard');
    await window.notice(/three is discarded/);
    await until('the branch to go', () => repo.git('branch', '--list', 'offshoot/*') === '');
    await window.shot('discarded');
  });
});
