//! Built-in tasks from the palette: sent to the background, and what they find in the Problems panel on the right lines.

import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { Stage, act } from '../support/stage.ts';
import type { Workbench } from '../support/workbench.ts';
import type { Repo } from '../support/world.ts';

/** Put together here, so that no file of this repository holds anything that looks like a secret. */
const LEAK = ['import os\nkey = "gh', 'p_Vd93kQm2Xr7Lw5Tz8', 'Bn4Yc6Hj1Pf0Gs3Ua9E', '"\n'].join('');

/** An entry of the knowledge base that nobody has fetched for years, as the original writes it. */
const OLD = `# fastapi - overview

**Last Updated**: 2020-01-01T10:00:00.000000+00:00Z | **Cache Hits**: 0

---

Routes are functions.

---

<!-- KB Metadata -->
<!-- Library: fastapi -->
<!-- Topic: overview -->
<!-- Last Updated: 2020-01-01T10:00:00.000000+00:00Z -->
`;

describe('built-in tasks in a workbench', () => {
  let stage: Stage;
  let repo: Repo;
  let window: Workbench;

  before(async () => {
    stage = await Stage.open();
    repo = await stage.world.repo('leaky', {
      'src/a.py': LEAK,
      'src/b.py': 'def told(a):\n    return a\n',
      'requirements.txt': 'httpx\n\nfastapi\n',
      '.tapps-agents/kb/context7-cache/libraries/fastapi/overview.md': OLD,
    });
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

  test('the knowledge base shows where a library is used whose documentation is old', async (window) => {
    await window.palette('Offshoot: Run Built-in Task…');
    await window.pick('Staleness of the Knowledge Base');
    await (await window.problem('the documentation of fastapi in the knowledge base is stale')).getByText('[Ln 3, Col').waitFor();
  });
});
