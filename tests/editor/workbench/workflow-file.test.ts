//! A workflow file in the editor: problems, completion and explanations while typing, and lenses that run it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe } from 'node:test';
import { sample } from '../support/sample.ts';
import { Stage, act } from '../support/stage.ts';
import { until } from '../support/wait.ts';
import type { Workbench } from '../support/workbench.ts';
import type { Repo } from '../support/world.ts';

describe('a workflow file in a workbench', () => {
  let stage: Stage;
  let repo: Repo;
  let window: Workbench;

  before(async () => {
    stage = await Stage.open();
    repo = await sample(stage.world);
    window = await stage.window(repo.path);
    await window.open('hello.yaml');
  });
  after(() => stage.end());

  const test = (name: string, body: (window: Workbench) => Promise<void>) => {
    act(name, () => window, body);
  };

  test('a mistake is shown while it is typed, and goes when it is mended', async (window) => {
    await window.press('Control+End');
    await window.type('\n  - {id: more, needs: [hallo], run: "true"}');
    const problem = await window.problem('there is no step `hallo`');
    await window.shot('mistake');
    await window.focus();
    for (let undone = 0; undone < 20 && (await problem.isVisible()); undone++) await window.press('Control+Z');
    await problem.waitFor({ state: 'detached' });
    await window.revert();
  });

  test('keys are completed and explained', async (window) => {
    await window.press('Control+End');
    await window.type('\n  - id: more\n  ');
    await window.press('Control+Space');
    const offered = window.page.locator('.suggest-widget .monaco-list-row');
    await offered
      .filter({ hasText: /^needs/ })
      .first()
      .waitFor();
    await window.shot('completion');
    await window.press('Escape');
    await window.revert();
    await window.open('hello.yaml', 6);
    await window.press('Home', 'Control+K', 'Control+I');
    await window.page
      .locator('.monaco-hover:visible')
      .filter({ hasText: /creates/ })
      .first()
      .waitFor();
    await window.shot('hover');
    await window.press('Escape');
  });

  test('its lens runs what is typed, saved first, and leads to what came of it', async (window) => {
    await window.open('hello.yaml', 1);
    await window.type('# Typed a moment ago.\n');
    await window.lens(/^Run$/).click();
    await window.notice(/hello is done in/);
    assert.match(readFileSync(`${repo.path}/workflows/hello.yaml`, 'utf8'), /^# Typed a moment ago\./);
    await window.lens('Open diff').first().waitFor();
    await window.shot('lenses');
    await window.lens('Log').first().click();
    await window.page.locator('.panel').getByText('Say hello').first().waitFor();
    await window.lens('Open diff').first().click();
    await until(
      'the changes',
      async () => (await window.page.locator('.multiDiffEntry').filter({ hasText: 'hello.txt' }).count()) > 0,
    );
    await window.shot('lens-diff');
  });
});
