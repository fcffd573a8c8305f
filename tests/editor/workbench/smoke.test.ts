//! The packaged extension is installed into a real workbench, wakes up, and offers its commands.

import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { Stage, act } from '../support/stage.ts';
import type { Workbench } from '../support/workbench.ts';

describe('a window on a repository', () => {
  let stage: Stage;
  let window: Workbench;

  before(async () => {
    stage = await Stage.open();
    const repo = await stage.world.repo('shop', {
      'workflows/hello.yaml': 'steps:\n  - {id: hello, run: echo hello}\n',
    });
    window = await stage.window(repo.path);
  });
  after(() => stage.end());

  act(
    'the extension is there and offers its commands',
    () => window,
    async (window) => {
      await window.status(/offshoot/i);
      const offered = await window.offered('Offshoot:');
      assert(
        offered.some((title) => /Run Workflow/.test(title)),
        offered.join('\n'),
      );
      await window.open('hello.yaml');
      await window.shows(/echo hello/);
      await window.shot('smoke');
    },
  );
});
