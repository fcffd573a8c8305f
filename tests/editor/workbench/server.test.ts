//! The server that is there, and the one that is not: the way out is in the message. An older daemon hands over; pages
//! come back with the window.

import assert from 'node:assert/strict';
import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { after, before, describe } from 'node:test';
import { Stage, act } from '../support/stage.ts';
import { until } from '../support/wait.ts';
import type { Workbench } from '../support/workbench.ts';
import type { Repo } from '../support/world.ts';

const WAIT = `steps:
  - {id: wait, title: Wait here, run: 'await-file "$HOME/go"'}
`;

describe('servers and daemons', () => {
  let stage: Stage;
  let repo: Repo;
  let window: Workbench;
  let older: string;

  before(async () => {
    stage = await Stage.open();
    older = stage.world.older();
    repo = await stage.world.repo('shop', { 'workflows/wait.yaml': WAIT }, false);
    // As it was left by the extension before its update: an older daemon, with a run in the middle.
    await stage.world.run(older, repo.path, 'run', 'workflows/wait.yaml', '--detach');
    window = await stage.window(repo.path);
  });
  after(() => stage.end());

  const test = (name: string, body: (window: Workbench) => Promise<void>) => {
    act(name, () => window, body);
  };
  const status = async () => JSON.parse((await stage.world.offshoot(repo.path, '--json', 'background', 'status')).stdout) as { version: string };
  const set = (file: string) => {
    stage.server.machine({ 'offshoot.server.path': file });
  };

  test('the daemon of an older version hands over, and its run goes on', async (window) => {
    await window.status(/wait: 0\/1 Wait here/);
    assert.notEqual((await status()).version, stage.world.version(older));
    await window.shot('handed-over-daemon');
  });

  test('the page of a run is back after the window was loaded anew', async (window) => {
    await window.palette('Offshoot: Open Run');
    await window.pick('wait');
    await window.webview().getByText('Wait here').first().waitFor();
    await window.reload();
    await window.webview().getByText('Wait here').first().waitFor();
    await window.webview().getByText(/0\/1 steps/).waitFor();
    await window.shot('page-restored');
    stage.world.open('go');
    await window.webview().getByText(/1\/1 steps/).waitFor();
  });

  test('a server that is not there is named, with the way to its setting', async (window) => {
    await window.sideBar('Offshoot');
    // What is known of runs gives way to the way out, and is back with the server.
    await window.row(/^wait\s*completed/).waitFor();
    set('/nowhere/offshoot');
    await window.notice(/The Offshoot server is not there: \/nowhere\/offshoot/);
    await window.shot('server-missing');
    await window.choose(/The Offshoot server is not there/, 'Open Setting');
    await window.page.locator('.settings-editor').getByText('The program offshoot that is the server').waitFor();
    await window.shot('server-setting');
    await window.page.getByText('The Offshoot server does not run.').waitFor();
    await window.shot('server-missing-view');
  });

  test('one that may not be executed is made executable', async (window) => {
    const script = stage.world.path('bin/plain');
    writeFileSync(script, `#!/bin/sh\nexec offshoot "$@"\n`, { mode: 0o644 });
    set(script);
    await window.choose(/may not be executed/, 'Make It Executable');
    await until('the bit', () => (statSync(script).mode & 0o100) !== 0);
    await window.row(/^wait\s*completed/).waitFor();
  });

  test('another program and an older version are told apart', async (window) => {
    const other = stage.world.path('bin/other');
    writeFileSync(other, '#!/bin/sh\necho other 1.0\n');
    chmodSync(other, 0o755);
    set(other);
    await window.notice(/This is another program than Offshoot: .*It said: other 1\.0/);
    set(older);
    await window.notice(/The Offshoot server is version 0\.0\.\d, the extension/);
    await window.shot('server-older');
    set('');
    await window.status(/Offshoot: nothing runs/);
  });
});
