//! Source Control while six steps are at work: older editors list each worktree as a repository of its own, until the
//! settings that the extension offers are accepted.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe } from 'node:test';
import { Stage, act } from '../support/stage.ts';
import { until } from '../support/wait.ts';
import type { Workbench } from '../support/workbench.ts';

/** Four steps with worktrees in the state folder, two handed over in the repository. */
const SIX = `steps:
${['a', 'b', 'c', 'd'].map((id) => `  - {id: ${id}, needs: [], run: 'echo ${id} > ${id}.txt; await-file "$HOME/go"'}`).join('\n')}
  - {id: e, agent: reviewer, action: review, needs: []}
  - {id: f, agent: tester, action: test, needs: []}
`;

describe('source control', () => {
  let stage: Stage;
  let window: Workbench;

  before(async () => {
    stage = await Stage.open({ settings: { 'git.detectWorktrees': true } });
    const repo = await stage.world.repo('shop', { 'workflows/six.yaml': SIX, 'shop.py': 'PRICE = 1\n' });
    await repo.expect(
      'workflow',
      'execute',
      '--detach',
      '--auto',
      '--max-parallel',
      '6',
      '--workflow',
      'workflows/six.yaml',
    );
    await until('six worktrees', () => repo.git('worktree', 'list').split('\n').length === 7);
    window = await stage.window(repo.path);
  });
  after(() => stage.end());

  act(
    'worktrees fill it, until what is offered is accepted',
    () => window,
    async (window) => {
      await window.sideBar('Source Control');
      const repositories = window.page.locator('.scm-view .scm-provider');
      await repositories.nth(1).waitFor();
      await window.shot('source-control-before');

      await window.choose('work in git worktrees', 'Leave Them Out');
      const settings = stage.world.path('user/User/settings.json');
      await until('the settings', () => /"git.detectWorktrees": false/.test(readFileSync(settings, 'utf8')));
      await window.reload();
      await window.status(/six: 0\/6/);
      await window.sideBar('Source Control');
      // With one repository its name is not shown.
      await window.page.locator('.scm-view .scm-input').first().waitFor();
      assert.equal(await repositories.count(), 0);
      assert.equal(await window.page.locator('.scm-view .scm-input').count(), 1);
      await window.shot('source-control-after');
    },
  );
});
