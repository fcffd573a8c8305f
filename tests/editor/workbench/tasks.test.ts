//! Built-in tasks from the palette: sent to the background, and what they find in the Problems panel on the right lines.

import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { Stage, act } from '../support/stage.ts';
import type { Workbench } from '../support/workbench.ts';
import type { Repo } from '../support/world.ts';

/** Put together here, so that no file of this repository holds anything that looks like a secret. */
const LEAK = ['import os\nkey = "gh', 'p_Vd93kQm2Xr7Lw5Tz8', 'Bn4Yc6Hj1Pf0Gs3Ua9E', '"\n'].join('');

describe('built-in tasks in a workbench', () => {
  let stage: Stage;
  let repo: Repo;
  let window: Workbench;

  before(async () => {
    stage = await Stage.open();
    repo = await stage.world.repo('leaky', { 'src/a.py': LEAK, 'src/b.py': 'def told(a):\n    return a\n' });
    window = await stage.window(repo.path);
  });
  after(() => stage.end());

  const test = (name: string, body: (window: Workbench) => Promise<void>) => {
    act(name, () => window, body);
  };

  test('a security scan shows the secret where it stands', async (window) => {
    await window.palette('Offshoot: Run Built-in Task…');
    await window.pick('Security Scan');
    await (await window.problem('this looks like')).getByText('[Ln 2, Col 8]').waitFor();
    const rows = await window.problemRows();
    assert(
      rows.some((row) => row.includes('security-scan')),
      rows.join('\n'),
    );
    assert(!rows.join('\n').includes('Vd93kQm2'), 'the secret itself is told');
  });

  test('the documentation shows what is not documented', async (window) => {
    await window.palette('Offshoot: Run Built-in Task…');
    await window.pick('What is documented and what not');
    await (await window.problem('function `told` has no documentation')).getByText('[Ln 1, Col').waitFor();
  });
});
