//! Findings where the user's files are: in the Problems panel on the right lines, following what is typed, dismissed
//! for good.

import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { sample } from '../support/sample.ts';
import { Stage, act } from '../support/stage.ts';
import { until } from '../support/wait.ts';
import type { Workbench } from '../support/workbench.ts';
import type { Repo } from '../support/world.ts';

const EVAL = 'eval runs whatever the text says';
const KEY = 'a key stands in the code';

describe('findings in a workbench', () => {
  let stage: Stage;
  let repo: Repo;
  let window: Workbench;

  before(async () => {
    stage = await Stage.open();
    repo = await sample(stage.world);
    window = await stage.window(repo.path);
  });
  after(() => stage.end());

  const test = (name: string, body: (window: Workbench) => Promise<void>) => {
    act(name, () => window, body);
  };

  test('they come with a run, and a double click leads to them', async (window) => {
    await repo.expect('workflow', 'execute', '--workflow', 'workflows/quality.yaml');
    await (await window.problem(EVAL)).getByText('[Ln 21, Col 16]').waitFor();
    const rows = await window.problemRows();
    assert(
      rows.some((row) => /^Error: eval runs .* at line 21 and character 16/.test(row) && row.includes('shop-scan')),
      rows.join('\n'),
    );
    assert(
      rows.some((row) => /^Warning: a key .* at line 4 and character 1/.test(row)),
      rows.join('\n'),
    );
    await window.shot('problems');
    await (await window.problem(EVAL)).dblclick();
    await window.tab('prices.py').waitFor();
    // The whole of it is selected, and the cursor stands at its end.
    await until('the cursor', async () => /Ln 21, Col 21 \(5 selected\)/.test(await window.cursor()));
    await window.shot('problem-shown');
  });

  test('they follow what is typed, and go when their line does', async (window) => {
    await window.open('prices.py', 2);
    await window.type('\nLIMIT = 100');
    await (await window.problem(EVAL)).getByText('[Ln 22, Col 16]').waitFor();
    await (await window.problem(KEY)).getByText('[Ln 5, Col 1]').waitFor();
    await window.open('prices.py', 5);
    await window.press('Control+Shift+K');
    await window.noProblem(KEY);
    await (await window.problem(EVAL)).getByText('[Ln 21, Col 16]').waitFor();
    await window.revert();
    await window.problem(KEY);
  });

  test('one that is dismissed stays away, also after the next run', async (window) => {
    await window.open('prices.py', 4);
    await window.press('Control+.');
    const menu = window.page.locator('.action-widget');
    await menu.getByText('Dismiss this finding').first().waitFor();
    await window.shot('actions');
    await menu.getByText('Dismiss this finding').first().click();
    const key = (await window.problems()).locator('.monaco-list-row').filter({ hasText: KEY });
    await key.first().waitFor({ state: 'detached' });
    await repo.expect('workflow', 'execute', '--workflow', 'workflows/quality.yaml');
    await window.sideBar('Offshoot');
    await window
      .row(/quality/)
      .nth(1)
      .waitFor();
    await window.problem(EVAL);
    assert.equal(await key.count(), 0);
  });

  test('they can be dismissed from the palette too', async (window) => {
    await window.palette('Offshoot: Dismiss Finding');
    await window.pick(EVAL);
    await window.press('Enter');
    await window.noProblem(EVAL);
    await window.palette('Offshoot: Show Dismissed Findings Again…');
    await window.pick(EVAL);
    await window.press('Enter');
    await window.problem(EVAL);
  });

  test('the change of one step comes into the file that is open', async (window) => {
    await window.open('prices.py', 1);
    await window.palette("Offshoot: Apply a Step's Change to This File…");
    await window.pick(/Refuse unknown countries/);
    await window.shows(/no tax is known/);
    await window.tab('prices.py').and(window.page.locator('.dirty')).waitFor();
    await window.shot('step-applied');
    await window.revert();
  });
});
