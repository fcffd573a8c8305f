//! Workspaces of every kind: several repositories, a folder of one, names that addresses have to hide, two windows,
//! texts that are no files yet.

import { writeFileSync } from 'node:fs';
import { after, before, describe } from 'node:test';
import { Stage, act } from '../support/stage.ts';
import { until } from '../support/wait.ts';
import type { Workbench } from '../support/workbench.ts';
import type { Repo } from '../support/world.ts';

/** A name with everything that addresses hide. */
const ODD = 'ä b#c 100%25';

const HELLO = 'steps:\n  - {id: hello, title: Say hello, run: echo hello > hello.txt}\n';

/** Writes a finding about the third line of a file. */
const FINDS = (path: string) => `steps:
  - id: look
    run: |
      printf '%s' '{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"looker"}},"results":[{"ruleId":"seen","level":"warning","message":{"text":"this was seen"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"${path}"},"region":{"startLine":3}}}]}]}]}' > look.sarif
    creates: [look.sarif]
`;

describe('workspaces', () => {
  let stage: Stage;
  let one: Repo;
  let odd: Repo;
  let window: Workbench;

  before(async () => {
    stage = await Stage.open();
    one = await stage.world.repo('one', { 'workflows/hello.yaml': HELLO, 'sub/deep/code.py': 'a = 1\nb = 2\nc = 3\n' });
    odd = await stage.world.repo(ODD, {
      'workflows/größe #1 50%.yaml': FINDS(encodeURI('src #1/naïve 50%.py').replaceAll('#', '%23')),
      'src #1/naïve 50%.py': 'a = 1\nb = 2\nc = 3\n',
    });
    const folders = [one, odd].map(({ path }) => ({ path }));
    writeFileSync(stage.world.path('both.code-workspace'), JSON.stringify({ folders }));
    window = await stage.window(stage.world.path('both.code-workspace'));
  });
  after(() => stage.end());

  const test = (name: string, body: (window: Workbench) => Promise<void>) => {
    act(name, () => window, body);
  };

  test('of two repositories each has its runs and workflows, told apart by name', async (window) => {
    await window.palette('Offshoot: Run Workflow…');
    await until('the workflows of both', async () => {
      const offered = await window.choices();
      return ['hello', 'größe'].every((name) => offered.some((title) => title.includes(name)));
    });
    await window.shot('two-repositories');
    await window.pick('hello');
    await window.notice(/hello is done in/);
    await window.sideBar('Offshoot');
    await window.row(/^hello\s*completed.*one/).waitFor();
  });

  test('names that addresses hide are no trouble', async (window) => {
    await window.open('größe #1 50%.yaml');
    await window.lens(/^Run$/).click();
    const problem = await window.problem('this was seen');
    await problem.getByText('[Ln 3, Col 1]').waitFor();
    await window.shot('odd-names');
    await problem.dblclick();
    await window.tab('naïve 50%.py').waitFor();
    // A run is called by its workflow's id, in which there are only plain letters.
    await window.row(/^gr-e-1-50\s*completed/).click();
    await window.page.keyboard.press('ArrowRight');
    await window.row(/^Changes/).click();
    await window.page.keyboard.press('ArrowRight');
    await window.row('look.sarif').click();
    await window.tab(/look\.sarif/).waitFor();
    await window.shot('odd-diff');
    await window.closeEditors();
  });

  test('a second window sees what the first begins, and can end it', async (window) => {
    one.write('workflows/wait.yaml', 'steps:\n  - {id: wait, title: Wait here, run: \'await-file "$HOME/never"\'}\n');
    const second = await stage.window(one.path);
    await one.expect('run', 'workflows/wait.yaml', '--detach');
    await window.status(/wait: 0\/1 Wait here/);
    await second.status(/wait: 0\/1 Wait here/);
    await second.palette('Offshoot: Cancel Run');
    await second.pick('wait');
    await window.row(/^wait\s*cancelled/).waitFor();
    await window.status(/Offshoot: nothing runs/);
    await second.page.close();
  });

  test('of a folder in a repository the whole of it is there', async () => {
    const inner = await stage.window(`${one.path}/sub`);
    await inner.sideBar('Offshoot');
    await inner.row(/^hello\s*completed/).waitFor();
    await inner.palette('Offshoot: Run Workflow…');
    await inner.pick('hello');
    await inner.shot('subfolder');
    await inner.notice(/hello is done in/);
    await inner.page.close();
  });

  test('a text that is no file yet is checked, and has to be saved before it runs', async (window) => {
    await window.press('Control+Alt+N');
    await window.tab('Untitled-1').waitFor();
    await window.palette('Change Language Mode');
    await window.answer('YAML');
    await window.type('steps:\n- {id: a, needs: [b], run: echo a}');
    await window.problem('there is no step `b`');
    await window.shot('untitled');
    await window.lens(/^Run$/).click();
    await until('a word about it', async () => (await window.page.locator('.notification-list-item, .monaco-dialog-box, .quick-input-widget').count()) > 0);
    await window.shot('untitled-run');
  });
});
