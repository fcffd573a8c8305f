//! Runs as their user sees them: started from the palette, followed in status bar, progress, runs view and page, looked
//! through in the diff view, cancelled, and still there after the daemon was killed.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe } from 'node:test';
import { sample } from '../support/sample.ts';
import { Stage, act } from '../support/stage.ts';
import { until } from '../support/wait.ts';
import type { Workbench } from '../support/workbench.ts';
import type { Repo } from '../support/world.ts';

/** A workflow of two steps that wait to be let go on. */
const patient = (name: string) => `steps:
  - {id: first, title: First part of ${name}, run: 'echo first of ${name}; await-file "$HOME/${name}-1"'}
  - {id: second, title: Second part of ${name}, needs: [first], run: 'await-file "$HOME/${name}-2"; echo done > ${name}.txt'}
`;

describe('runs in a workbench', () => {
  let stage: Stage;
  let repo: Repo;
  let window: Workbench;

  before(async () => {
    stage = await Stage.open();
    stage.world.script('fake-agent', 'printf "%s\\n" "$1" > asked.txt');
    stage.world.settings(
      'offshoot:\n  agents:\n    fake: {command: [fake-agent, "{prompt}"]}\n  default_agent: fake\n',
    );
    repo = await sample(stage.world);
    for (const name of ['walk', 'stop', 'fall']) repo.write(`workflows/${name}.yaml`, patient(name));
    window = await stage.window(repo.path);
  });
  after(() => stage.end());

  const test = (name: string, body: (window: Workbench) => Promise<void>) => {
    act(name, () => window, body);
  };

  test('a run from the palette shows in status bar, progress and message', async (window) => {
    await window.palette('Offshoot: Run Workflow…');
    await window.shot('pick-workflow');
    await window.pick('walk.yaml');
    await window.status(/Offshoot: 1 step/);
    await window.status(/walk: 0\/2 First part/);
    await window.shot('running');
    stage.world.open('walk-1');
    await window.status(/walk: 1\/2 Second part/);
    stage.world.open('walk-2');
    await window.notice(/walk is done in/);
    await window.status(/Offshoot: nothing runs/);
    await window.shot('done');
  });

  test('worktrees are left out of watching and search once that is accepted', async (window) => {
    await window.choose('work in git worktrees', 'Leave Them Out');
    const settings = stage.world.path('user/User/settings.json');
    await until('the settings', () => {
      const text = readFileSync(settings, 'utf8');
      return (
        ['files.watcherExclude', 'search.exclude'].every((key) => text.includes(key)) &&
        text.includes('.tapps-agents/worktrees')
      );
    });
  });

  test('the changes of a run are in the diff view', async (window) => {
    await window.choose(/walk is done in/, 'Show Changes');
    await window.tab(/walk: walk-.*1 file/).waitFor();
    await window.page.locator('.multiDiffEntry').filter({ hasText: 'walk.txt' }).waitFor();
    await window.shot('changes');
    await window.closeEditors();
  });

  test('the runs view shows run, steps and attempts', async (window) => {
    await window.sideBar('Offshoot');
    const run = window.row(/^walk\s*completed/);
    await run.waitFor();
    await run.click();
    await window.press('ArrowRight');
    await window.row('First part of walk').click();
    await window.press('ArrowRight');
    await window.row('Attempt 1').waitFor();
    await window.shot('runs-view');
  });

  test('the page of a run shows its steps and follows them', async (window) => {
    const run = await start(repo, 'stop');
    await window.palette('Offshoot: Open Run');
    await window.pick(run);
    const page = window.webview();
    await page.getByText('First part of stop').first().waitFor();
    await page.getByText(/0\/2 steps/).waitFor();
    stage.world.open('stop-1');
    await page.getByText(/1\/2 steps/).waitFor();
    await window.shot('run-page');
  });

  test('a run is cancelled from its progress', async (window) => {
    await window.page.locator('.statusbar-item').filter({ hasText: 'stop: 1/2' }).click();
    await window.choose(/stop: 1\/2/, 'Cancel');
    await window.row(/^stop\s*cancelled/).waitFor();
    await window.webview().getByText('cancelled').first().waitFor();
    await window.status(/Offshoot: nothing runs/);
    await window.shot('cancelled');
    await window.closeEditors();
  });

  test('the daemon is killed in the middle, and everything comes back', async (window) => {
    const run = await start(repo, 'fall');
    await window.status(/fall: 0\/2/);
    await stage.world.killDaemon();
    await window.status(/fall: 0\/2/);
    stage.world.open('fall-1');
    await window.status(/fall: 1\/2/);
    await window.row('Second part of fall').waitFor();
    stage.world.open('fall-2');
    await window.notice(/fall is done in/);
    await window.row(/^fall\s*completed/).waitFor();
    assert.equal(((await repo.json('workflow', 'show', run)) as { status: string }).status, 'completed');
  });

  test('selected code is sent to an agent in the background', async (window) => {
    await window.open('prices.py', 12);
    await window.press('Shift+ArrowDown', 'Shift+ArrowDown');
    await window.palette('Offshoot: Send to Background…');
    await window.answer('Round half up');
    await window.pick('Default Agent');
    await window.shot('send-to-background');
    await window.pick('High');
    await window.notice(/Sent to the background: Round half up/);
    const [run] = ((await repo.json('workflow', 'list')) as { runs: { run_id: string }[] }).runs;
    assert(run);
    await until('the agent to be done', async () => {
      const { status } = (await repo.json('workflow', 'show', run.run_id)) as { status: string };
      return status === 'completed';
    });
    const asked = repo.git('show', `offshoot/${run.run_id}:asked.txt`);
    assert.match(asked, /Round half up/);
    assert.match(asked, /lines 12 to 13 of shop\/prices\.py/);
    assert.match(asked, /def discounted/);
    await window.shot('sent');
  });
});

/** Starts a run elsewhere: the editor learns of it from the daemon. */
async function start(repo: Repo, name: string): Promise<string> {
  const file = `workflows/${name}.yaml`;
  return ((await repo.json('workflow', 'execute', '--detach', '--workflow', file)) as { run_id: string }).run_id;
}
