//! Runs that need their user: conflicts resolved, agents waited for, failures mended, each from the window.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { sample } from '../support/sample.ts';
import { Stage, act } from '../support/stage.ts';
import { until } from '../support/wait.ts';
import type { Workbench } from '../support/workbench.ts';
import type { Repo } from '../support/world.ts';

const CLASH = `steps:
  - {id: left, needs: [], run: 'echo left > shop/__init__.py'}
  - {id: right, needs: [], run: 'echo right > shop/__init__.py'}
  - {id: both, title: Both together, needs: [left, right], run: 'cp shop/__init__.py seen.txt'}
`;

const HANDED = `steps:
  - {id: plan, title: Plan it, agent: planner, action: plan}
`;

const FRAGILE = `steps:
  - {id: first, title: First part, run: 'echo first'}
  - {id: second, title: Second part, run: 'test -e "$HOME/mended"'}
  - {id: third, title: Third part, run: 'echo third > third.txt'}
`;

interface Step {
  id: string;
  status: string;
  worktree: string;
  attempts: unknown[];
}

interface Run {
  run_id: string;
  status: string;
  steps: Step[];
}

describe('what needs a person in a workbench', () => {
  let stage: Stage;
  let repo: Repo;
  let window: Workbench;

  before(async () => {
    stage = await Stage.open();
    repo = await sample(stage.world);
    for (const [name, text] of Object.entries({ clash: CLASH, handed: HANDED, fragile: FRAGILE }))
      repo.write(`workflows/${name}.yaml`, text);
    window = await stage.window(repo.path);
    await window.sideBar('Offshoot');
  });
  after(() => stage.end());

  const test = (name: string, body: (window: Workbench) => Promise<void>) => {
    act(name, () => window, body);
  };
  const start = async (name: string) =>
    ((await repo.json('run', `workflows/${name}.yaml`, '--detach')) as { run_id: string }).run_id;
  const show = async (run: string) => (await repo.json('workflow', 'show', run)) as Run;
  const ended = (run: string) =>
    until(`${run} to complete`, async () => {
      const now = await show(run);
      return now.status === 'completed' ? now : undefined;
    });
  const step = ({ steps }: Run, id: string) => steps.find((one) => one.id === id);

  test('results that do not merge are resolved in their worktree', async (window) => {
    const run = await start('clash');
    const told = await window.notice(/clash needs you at Both together/);
    await told.getByText(/Resolve the marked files in the worktree, then resume\./).waitFor();
    await window.status(/Offshoot: needs you/);
    await window.shot('conflict');
    const worktree = step(await show(run), 'both')?.worktree ?? '';
    writeFileSync(join(worktree, 'shop/__init__.py'), 'both\n');
    await window.choose(/clash needs you/, 'Resume');
    const now = await ended(run);
    assert.equal(repo.git('show', `offshoot/${now.run_id}:seen.txt`), 'both');
    await window.notice(/clash is done in/);
  });

  test('an agent is waited for, and its word is enough', async (window) => {
    const run = await start('handed');
    const told = await window.notice(/handed needs you at Plan it/);
    await told.getByText(/Point an agent at the worktree/).waitFor();
    await window.shot('handed-over');
    const worktree = step(await show(run), 'plan')?.worktree ?? '';
    writeFileSync(join(worktree, '.cursor-skill-status.json'), '{"status": "completed"}');
    await ended(run);
    await window.row(/^handed\s*completed/).waitFor();
    await window.status(/Offshoot: nothing runs/);
  });

  test('a failed step is retried by its lens, and a run begun from a step', async (window) => {
    const run = await start('fragile');
    await window.notice(/fragile failed at Second part/);
    await window.open('fragile.yaml');
    await window.lens(/^Retry$/).waitFor();
    await window.shot('lens-retry');
    stage.world.open('mended');
    await window.lens(/^Retry$/).click();
    const first = await ended(run);
    assert.equal(step(first, 'second')?.attempts.length, 2);
    await window.lens(/^Run from here$/).nth(2).click();
    // The same run goes on from there.
    const tries = ({ steps }: Run) => steps.map(({ attempts }) => attempts.length);
    await until('the third part, done again', async () => tries(await show(run)).join() === '1,2,2');
    await ended(run);
    await window.shot('run-from-here');
  });
});
