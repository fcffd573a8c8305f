//! A workspace that is not trusted: runs can be looked at, and nothing is run, until trust is given and passed on.

import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { Stage, act } from '../support/stage.ts';
import type { Workbench } from '../support/workbench.ts';
import type { Repo } from '../support/world.ts';

describe('a workspace without trust', () => {
  let stage: Stage;
  let repo: Repo;
  let window: Workbench;

  before(async () => {
    stage = await Stage.open({ restricted: true });
    repo = await stage.world.repo('shop', { 'workflows/hello.yaml': 'steps:\n  - {id: hello, run: echo hi > hi.txt}\n' }, false);
    // Typing it at a terminal is consent, and for this one run only.
    await repo.expect('run', 'workflows/hello.yaml');
    window = await stage.window(repo.path);
  });
  after(() => stage.end());

  const test = (name: string, body: (window: Workbench) => Promise<void>) => {
    act(name, () => window, body);
  };
  const trusted = async () => ((await repo.json('trust', '--show')) as { trusted: boolean }).trusted;

  test('runs are shown, and nothing is offered that runs something', async (window) => {
    await window.sideBar('Offshoot');
    await window.row(/^hello\s*completed/).waitFor();
    const offered = await window.offered('Offshoot:');
    assert(offered.some((title) => title.includes('Show Changes')), offered.join('\n'));
    assert(!offered.some((title) => /Run Workflow|Send to Background|Apply Run/.test(title)), offered.join('\n'));
    await window.shot('untrusted');
  });

  test('a lens that runs something says why not', async (window) => {
    await window.open('hello.yaml');
    await window.lens(/^Run$/).click();
    await window.notice(/The workspace is not trusted: nothing is run or changed from here\. Trust the workspace/);
    await window.shot('untrusted-lens');
    assert.equal(await trusted(), false);
  });

  test('trust that is given is passed on, and then it runs', async (window) => {
    await window.choose(/The workspace is not trusted/, 'Trust This Repository');
    await window.page.locator('.workspace-trust-editor').getByRole('button', { name: 'Trust', exact: true }).click();
    await window.page.getByText('You trust this folder').first().waitFor();
    await window.shot('trust-given');
    await window.tab('hello.yaml').click();
    await window.lens(/^Run$/).click();
    await window.notice(/hello is done in/);
    assert.equal(await trusted(), true);
    await window.shot('trusted');
  });
});
