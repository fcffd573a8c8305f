//! What the runs view, the status bar and notices make of what the daemon sent.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Watch, notice } from '../src/notices/notice';
import { face } from '../src/runs/face';
import { above, below, id, type Node } from '../src/runs/node';
import { overview, title } from '../src/runs/overview';
import { bar } from '../src/status/text';
import { attempt, run, step } from './samples';

const around = { now: Date.parse('2026-11-20T10:10:00.000Z'), several: false, word: () => undefined };

const full = step('build', {
  attempts: [attempt(), attempt({ attempt: 2 })],
  commit: 'c',
  branch: 'offshoot-step/demo/build',
  artifacts: [{ path: 'docs/a.md', kind: 'documentation' }],
  finding_list: [{ code: 'escaped', severity: 'warning', message: 'wrote outside', path: 'x.py', line: 3 }],
  findings: { error: 0, warning: 1, info: 0 },
});

describe('nodes', () => {
  const whole = run({ steps: [full, step('test', { needs: ['build'], status: 'waiting' })], result_commit: 'r' });

  test('below a run are its steps and its changes', () => {
    assert.deepEqual(
      below({ kind: 'run', run: whole }).map((node) => node.kind),
      ['step', 'step', 'changes'],
    );
  });

  test('below a step is what there is of it', () => {
    assert.deepEqual(
      below({ kind: 'step', run: whole, step: full }).map((node) => node.kind),
      ['attempt', 'attempt', 'changes', 'artifacts', 'findings'],
    );
    assert.deepEqual(below({ kind: 'step', run: whole, step: step('bare') }), []);
  });

  test('a submitted task does not repeat itself as a step', () => {
    const task = run({ workflow_file: null, steps: [step('task', { title: 'Look it over', attempts: [attempt()] })] });
    assert.equal(title(task), 'Look it over');
    assert.deepEqual(
      below({ kind: 'run', run: task }).map((node) => node.kind),
      ['attempt'],
    );
  });

  test('ids are unique, and each node is below the one above it', () => {
    const all = (node: Node): Node[] => [node, ...below(node).flatMap(all)];
    const nodes = all({ kind: 'run', run: whole });
    assert.equal(new Set(nodes.map(id)).size, nodes.length);
    for (const node of nodes) {
      const parent = above(node);
      assert.ok(!parent || below(parent).some((child) => id(child) === id(node)), id(node));
    }
  });
});

describe('faces', () => {
  test('a running run says how far it is, and since when', () => {
    const { description, tags, unfolds } = face({ kind: 'run', run: run({ steps: [full, step('test', { status: 'running' })] }) }, around);
    assert.equal(description, 'running · 1/2 · 10 min 0 s');
    assert.deepEqual(tags, ['run', 'running', 'workflow']);
    assert.equal(unfolds, 'open');
  });

  test('the repository is named where there are several', () => {
    assert.match(face({ kind: 'run', run: run() }, { ...around, several: true }).description ?? "", /· repo$/);
  });

  test('a running step says its last word', () => {
    const node: Node = { kind: 'step', run: run(), step: step('build', { status: 'running' }) };
    assert.equal(face(node, { ...around, word: () => ({ line: 'compiling', percentage: 40 }) }).description, '40 % · compiling');
  });

  test('a failed step says why, and can be retried', () => {
    const failed = step('build', { status: 'failed', class: 'exit', error: { kind: 'failed', message: 'exit code 3' } });
    const { description, tags } = face({ kind: 'step', run: run(), step: failed }, around);
    assert.equal(description, 'failed (exit) · exit code 3');
    assert.ok(tags.includes('failed'));
    assert.ok(face({ kind: 'run', run: run({ status: 'failed', steps: [failed] }) }, around).tags.includes('retryable'));
  });

  test('text of others does not become markup', () => {
    const { tooltip } = face({ kind: 'step', run: run(), step: step('x', { title: '[a](command:evil)', command: '```\nrm' }) }, around);
    assert.match(tooltip ?? '', /\\\[a\\\]\\\(command:evil\\\)/);
    assert.equal(tooltip?.match(/```/g)?.length, 2);
  });

  test('a file that was refused says so', () => {
    const node: Node = { kind: 'file', run: run(), change: { path: 'src/a.ts', status: 'modified', added: 3, removed: 1 }, refused: true };
    const { label, description, tags } = face(node, around);
    assert.equal(`${label}: ${description}`, 'a.ts: refused · modified · +3 −1 · src');
    assert.deepEqual(tags, ['file', 'modified', 'ofRun', 'refused']);
  });
});

describe('status bar', () => {
  const connected = { kind: 'running', daemon: { state: 'connected' } } as const;
  const said = (...runs: Parameters<typeof overview>[0][number][]) => bar(connected, overview(runs), () => 'compiling');

  test('nothing runs', () => assert.deepEqual([said().text, said().tone], ['$(git-branch) Offshoot', 'plain']));

  test('steps at work, with their last lines', () => {
    const { text, tooltip } = said(run({ steps: [step('a', { status: 'running' }), step('b', { status: 'verifying' })] }));
    assert.equal(text, '$(sync~spin) Offshoot: 2 steps');
    assert.match(tooltip, /\*\*a\*\* in demo \(0\/2\) {2}\ncompiling/);
  });

  test('queued', () => assert.equal(said(run({ status: 'queued' })).text, '$(sync~spin) Offshoot: 1 queued'));

  test('a run needs the person', () => {
    const waiting = run({ status: 'needs_input', error: { kind: 'needs_input', message: 'a secret is missing' } });
    const { text, tone, tooltip } = said(waiting, run({ run_id: 'b', steps: [step('a', { status: 'running' })] }));
    assert.equal(text, '$(bell-dot) Offshoot: needs you, 1 step');
    assert.equal(tone, 'warning');
    assert.match(tooltip, /a secret is missing/);
  });

  test('the daemon is gone', () => {
    assert.match(bar({ kind: 'running', daemon: { state: 'lost' } }, overview([]), () => undefined).text, /debug-disconnect/);
    assert.equal(bar({ kind: 'running', daemon: { state: 'unavailable', message: 'disk full' } }, overview([]), () => undefined).tone, 'error');
    assert.equal(bar({ kind: 'untrusted' }, overview([]), () => undefined).tone, 'plain');
    assert.match(bar({ kind: 'failed', message: 'no [server]' }, overview([]), () => undefined).tooltip, /no \\\[server\\\]/);
  });
});

describe('notices', () => {
  const failed = run({ status: 'failed', steps: [step('build', { status: 'failed', attempts: [attempt()], error: { kind: 'failed', message: 'exit code 3' } })] });
  const done = run({ status: 'completed', result_commit: 'r' });

  test('a failure names the step and leads to its log', () => {
    const told = notice('running', failed, 'problems');
    assert.equal(told?.message, 'demo failed at build: exit code 3.');
    assert.deepEqual(told.actions[0], { label: 'Show Log', command: 'showLog', target: { run_id: 'demo-k2v7n4q1', step_id: 'build' } });
  });

  test('the end is told once, and only to those who want it', () => {
    assert.deepEqual(
      notice('running', done, 'all')?.actions.map(({ label }) => label),
      ['Show Changes', 'Apply', 'Open'],
    );
    assert.equal(notice('completed', done, 'all'), undefined);
    assert.equal(notice('running', done, 'problems'), undefined);
    assert.equal(notice('running', failed, 'none'), undefined);
    assert.equal(notice('running', run({ status: 'cancelled' }), 'all'), undefined);
  });

  test('an unverified step can be accepted at once', () => {
    const told = notice('running', run({ status: 'needs_input', steps: [step('plan', { status: 'unverified' })] }), 'problems');
    assert.equal(told?.actions[0]?.command, 'acceptStep');
  });

  test('missing trust can be given at once', () => {
    const told = notice('queued', run({ status: 'needs_input', error: { kind: 'untrusted', message: 'the repository is not trusted' } }), 'all');
    assert.equal(told?.actions[0]?.command, 'trust');
  });

  test('what waits says how to go on in the editor, and not at a terminal', () => {
    const conflict = { kind: 'conflict', message: 'the results of its steps do not merge: a.py', hint: 'resolve the marked files in /state/w, then `offshoot workflow resume demo`', details: { needs: 'conflict', worktree: '/state/w' } } as const;
    const told = notice('running', run({ status: 'needs_input', error: conflict }), 'all');
    assert.equal(told?.message, 'demo needs you: the results of its steps do not merge: a.py. Resolve the marked files in the worktree, then resume.');
    assert.deepEqual(told.actions.map(({ label }) => label), ['Open', 'Open Worktree', 'Resume']);
    const other = notice('running', run({ status: 'needs_input', error: { kind: 'needs_input', message: 'it waits', hint: 'look at it' } }), 'all');
    assert.equal(other?.message, 'demo needs you: it waits. Look at it.');
    assert.deepEqual(other.actions.map(({ label }) => label), ['Open', 'Resume']);
  });

  test('what ended before we looked is not told', () => {
    const watch = new Watch();
    assert.deepEqual(watch.all([done]), []);
    assert.deepEqual(watch.one({ ...done, run_id: 'new' }).before, 'queued');
    // The daemon was away, and a run ended meanwhile.
    watch.one(run({ run_id: 'x' }));
    assert.deepEqual(
      watch.all([{ ...failed, run_id: 'x' }]).map(({ before, run: { status } }) => [before, status]),
      [['running', 'failed']],
    );
  });
});
