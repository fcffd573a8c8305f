//! Reviews, logs, requests, pages, and the pace at which runs are read again.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { agents, toTask } from '../src/background/request';
import type { LogChunk, Methods, Run, Status } from '../src/generated/protocol';
import { healthPage, reloadedWords, settingsPage } from '../src/health/page';
import { LogSource } from '../src/logs/source';
import { Decisions, wanted } from '../src/review/decisions';
import { fromParts, toParts, type FilePlace } from '../src/review/place';
import { Runs } from '../src/runs/store';
import { Throttle } from '../src/runs/throttle';
import { wishes } from '../src/setup/excludes';
import type { Api, Method } from '../src/wire';
import { run, step } from './samples';

/** Answers calls from a table, and remembers them. */
class FakeApi implements Api {
  readonly asked: [Method, unknown][] = [];

  constructor(private readonly answers: { [M in Method]?: (params: Methods[M]['params']) => Methods[M]['result'] }) {}

  call<M extends Method>(method: M, params: Methods[M]['params']): Promise<Methods[M]['result']> {
    this.asked.push([method, params]);
    const answer = this.answers[method];
    return answer ? Promise.resolve().then(() => answer(params)) : Promise.reject(new Error(`nobody asks for ${method}`));
  }
}

/** Waits until this holds. */
async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 5000;
  while (!holds()) {
    assert.ok(Date.now() < end, 'it did not come to that');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('addresses of files', () => {
  const places: FilePlace[] = [
    { run_id: 'demo-k2v7n4q1', repo: '/r', path: 'src/a b#c?d%e.ts', side: 'base' },
    { run_id: 'demo-k2v7n4q1', step_id: 'bäu/x', repo: '/r e/ü', path: 'ä.md', side: 'result' },
    { run_id: 'demo-k2v7n4q1', step_id: 'a', repo: '/r', path: 'as the language server writes it.md', side: 'result', alone: true },
  ];
  for (const place of places) {
    test(place.path, () => assert.deepEqual(fromParts(toParts(place)), place));
  }
  test('what is not ours is nothing', () => {
    assert.equal(fromParts({ path: '/a', query: '' }), undefined);
    assert.equal(fromParts({ path: '/a', query: '{"run_id":"x","repo":"/r","side":"middle"}' }), undefined);
  });
});

describe('refused files', () => {
  const memory = () => {
    const kept = new Map<string, unknown>();
    return { get: (key: string) => kept.get(key), update: (key: string, value: unknown) => Promise.resolve(void kept.set(key, value)) };
  };

  test('are remembered for their run, until that is taken back', async () => {
    const decisions = new Decisions(memory());
    await decisions.refuse('a', 'x');
    await decisions.refuse('a', 'x');
    assert.deepEqual([decisions.refused('a', 'x'), decisions.refused('a', 'y'), decisions.refused('b', 'x')], [true, false, false]);
    await decisions.takeBack('a', 'x');
    assert.equal(decisions.refused('a', 'x'), false);
  });

  test('of the oldest run are forgotten in the end', async () => {
    const decisions = new Decisions(memory());
    for (let index = 0; index <= 100; index += 1) {
      await decisions.refuse(`run${index}`, 'x');
    }
    assert.deepEqual([decisions.refused('run0', 'x'), decisions.refused('run1', 'x'), decisions.refused('run100', 'x')], [false, true, true]);
  });

  test('are left out when the rest is applied', () => {
    assert.deepEqual(wanted(['a', 'b'], (path) => path === 'a'), ['b']);
    assert.equal(wanted(['a', 'b'], () => false), undefined);
  });
});

describe('logs', () => {
  const chunk = (more: Partial<LogChunk>): LogChunk => ({ attempt: 1, offset: 0, next: 0, text: '', dropped: 0, end: false, ...more });

  test('are read to their end, with what is missing in between', async () => {
    const pieces = [chunk({ next: 4, text: 'head' }), chunk({ offset: 100, next: 104, text: 'tail', dropped: 96, end: true })];
    const api = new FakeApi({ 'log.read': () => pieces.shift() ?? chunk({ end: true }) });
    const read: string[] = [];
    await new LogSource(api, { run_id: 'r', step_id: 's', attempt: 1 }).read((text) => read.push(text), true);
    assert.equal(read.join(''), 'head\n[96 bytes were not kept]\ntail');
    assert.deepEqual(api.asked.map(([, params]) => (params as { offset: number }).offset), [0, 4]);
  });

  test('without following, what there is is all', async () => {
    const pieces = [chunk({ next: 2, text: 'so' }), chunk({ offset: 2, next: 2 })];
    const api = new FakeApi({ 'log.read': () => pieces.shift() ?? assert.fail('read on') });
    const read: string[] = [];
    await new LogSource(api, { task_id: 't', attempt: 1 }).read((text) => read.push(text), false);
    assert.deepEqual(read, ['so']);
  });

  test('a nudge makes it look at once, a stop ends it', async () => {
    let more = false;
    const api = new FakeApi({ 'log.read': ({ offset = 0 }) => (more && offset === 0 ? chunk({ next: 3, text: 'now' }) : chunk({ offset, next: offset })) });
    const source = new LogSource(api, { run_id: 'r', step_id: 's', attempt: 1 });
    const read: string[] = [];
    const done = source.read((text) => read.push(text), true);
    await until(() => api.asked.length === 1);
    await new Promise((resolve) => setImmediate(resolve));
    more = true;
    source.nudge();
    await until(() => read.length === 1);
    source.stop();
    await done;
    assert.deepEqual(read, ['now']);
  });
});

describe('sending to the background', () => {
  const request = { folder: '/r', words: ' make it faster ', files: ['a.ts'], agent: 'reviewer', priority: 70, backends: [] };

  test('words, files, priority', () => {
    assert.deepEqual(toTask(request), { folder: '/r', task: 'make it faster', files: ['a.ts'], agent: 'reviewer', priority: 70, backends: [], worktree: true });
  });

  test('selected code goes along, in a fence that it cannot break', () => {
    const { task } = toTask({ ...request, selection: { file: 'a.md', language: 'markdown', from: 3, to: 5, text: '```\nx\n```\n' } });
    assert.equal(task, 'make it faster\n\nIt is about lines 3 to 5 of a.md, which in the editor read:\n\n````markdown\n```\nx\n```\n````');
  });

  test('a long selection is cut, and says so', () => {
    const { task = '' } = toTask({ ...request, selection: { file: 'a', language: 'c', from: 1, to: 1, text: 'x'.repeat(50_000) } });
    assert.ok(task?.includes('line 1 of a, which in the editor read (beginning)') && task.length < 17_000);
  });

  test('agents are those of the settings, roles first', () => {
    const settings = [
      { key: 'offshoot.agents.mine.command', value: ['my-agent', '{prompt}'] },
      { key: 'offshoot.agents.mine.timeout', value: null },
      { key: 'offshoot.personas.reviewer', value: 'mine' },
      { key: 'offshoot.default_agent', value: 'mine' },
    ];
    assert.deepEqual(agents(settings), [
      { name: 'reviewer', is: 'role, done by mine' },
      { name: 'mine', is: 'my-agent {prompt}' },
    ]);
  });
});

describe('reading runs again', () => {
  const whole = run({ steps: [step('a', { status: 'running' })] });
  const make = (answers: ConstructorParameters<typeof FakeApi>[0]) => {
    const api = new FakeApi({ 'run.list': () => ({ runs: [whole] }), 'task.list': () => ({ tasks: [] }), 'finding.list': () => ({ findings: [] }), ...answers });
    const logged: string[] = [];
    return { api, logged, runs: new Runs(api, { folders: () => ['/repo'] }, (message) => logged.push(message)) };
  };

  test('an event makes its run be read, many at once but a few times', async () => {
    let status = 'running';
    const { api, runs } = make({ 'run.show': (): Run => ({ ...whole, status }) });
    await runs.reload();
    status = 'completed';
    for (let seq = 0; seq < 100; seq += 1) {
      runs.take({ seq, at: '', kind: 'step.completed', run_id: whole.run_id });
    }
    await until(() => runs.run(whole.run_id)?.status === 'completed');
    assert.ok(api.asked.filter(([method]) => method === 'run.show').length <= 2);
  });

  test('last lines are kept while the step runs, and asked for nowhere', async () => {
    const { api, runs } = make({ 'run.show': (): Run => ({ ...whole, steps: [step('a')] }) });
    await runs.reload();
    const before = api.asked.length;
    runs.take({ at: '', kind: 'line', run_id: whole.run_id, step_id: 'a', message: 'compiling' });
    runs.take({ at: '', kind: 'progress', run_id: whole.run_id, step_id: 'a', percentage: 30 });
    assert.deepEqual(runs.word(whole.run_id, 'a'), { line: 'compiling', percentage: 30 });
    assert.equal(api.asked.length, before);
    await runs.refresh(whole.run_id);
    assert.equal(runs.word(whole.run_id, 'a'), undefined);
  });

  test('dismissed findings are not shown, nor counted', async () => {
    const finding = { code: 'x', severity: 'warning', message: 'so' };
    const found = run({ steps: [step('a', { finding_list: [{ ...finding, id: 'one' }, { ...finding, id: 'two' }, finding], findings: { error: 0, warning: 3, info: 0 } })] });
    const { runs } = make({ 'run.list': () => ({ runs: [found] }), 'finding.list': () => ({ findings: [{ run_id: 'r', step_id: 'a', finding: { ...finding, id: 'one' } }] }) });
    await runs.reload();
    const shown = runs.run(found.run_id)?.steps[0];
    assert.deepEqual(shown?.finding_list?.map(({ id }) => id), ['two', undefined]);
    assert.deepEqual(shown.findings, { error: 0, warning: 2, info: 0 });
  });

  test('a run that is gone is gone here too', async () => {
    const { runs } = make({
      'run.show': () => {
        throw Object.assign(new Error('x'), { data: { kind: 'not_found', message: 'no run' } });
      },
    });
    await runs.reload();
    await runs.refresh(whole.run_id);
    assert.deepEqual(runs.runs(), []);
  });

  test('what was known stays while it cannot be read', async () => {
    let there = true;
    const { runs } = make({
      'task.list': () => {
        if (there) return { tasks: [] };
        throw new Error('the Offshoot server does not run');
      },
    });
    await runs.reload();
    there = false;
    await runs.reload();
    assert.deepEqual([runs.loaded, runs.runs().map(({ run_id }) => run_id)], [true, [whole.run_id]]);
  });

  test('a folder outside git is nothing to tell of', async () => {
    const fails = (kind: string) => () => {
      throw Object.assign(new Error('x'), { data: { kind, message: 'it is so' } });
    };
    const outside = make({ 'run.list': fails('not_a_repository') });
    await outside.runs.reload();
    const broken = make({ 'run.list': fails('storage') });
    await broken.runs.reload();
    assert.deepEqual([outside.logged.length, broken.logged.length], [0, 1]);
  });

  test('what is asked for while it is under way is done once more', async () => {
    let under = 0;
    let most = 0;
    let times = 0;
    const throttle = new Throttle(1, async () => {
      under += 1;
      most = Math.max(most, under);
      times += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
      under -= 1;
    });
    throttle.soon('a');
    await until(() => times === 1);
    throttle.soon('a');
    throttle.soon('a');
    await throttle.now('a');
    await until(() => under === 0 && times >= 2);
    assert.equal(most, 1);
  });
});

describe('pages', () => {
  test('health: what is wrong comes first, what waits is named', () => {
    const status: Status = {
      pid: 7,
      version: '0.1.0',
      uptime_s: 90,
      mode: 'production',
      socket: '/s',
      pool: { size: 4, min: 1, max: 8, busy: 1, idle: 3, paused: true, reason: 'asked' },
      queue: { queued: 2, running: 1, blocked: 0, retry_wait: 0, completed: 5, failed: 1, oldest_s: 3, by_priority: {}, by_tenant: {} },
      enforcement: { tree: 'cgroup', memory: 'cgroup', cpu: 'cgroup', writes: 'landlock' },
      rss_bytes: 20 * 1048576,
      tasks_per_minute: 3,
      hand_off: { waiting: [{ run_id: 'r', step_id: 's', command_file: '/w/.cursor-skill-command.txt' }] },
      problems: ['the disk is full'],
    };
    const page = healthPage(status);
    assert.match(page, /- \*\*the disk is full\*\*[\s\S]*1 of 4 busy, \*\*paused\*\* \(asked\)[\s\S]*`s` of `r`/);
    assert.match(healthPage({ ...status, problems: [], hand_off: { waiting: [] } }), /All is well\.(?![\s\S]*Handed over)/);
  });

  test('settings: a bar in a value does not end its cell', () => {
    const page = settingsPage({ settings: [{ key: 'k', value: { a: 'x|y' }, origin: 'project', source: 'f.yaml', line: 3, meaning: 'this | that' }], diagnostics: [] });
    const row = page.split('\n').find((line) => line.includes('`k`')) ?? '';
    assert.equal(row.replaceAll('\\|', '').split('|').length, 6);
    assert.match(row, /project: f\.yaml:3/);
  });

  test('a reload in one sentence', () => {
    const wrong = { file: 'f', line: 2, column: 1, end_line: 2, end_column: 2, code: 'x', severity: 'error', message: 'bad' };
    assert.equal(reloadedWords({ files: ['a'], diagnostics: [] }), '1 settings file read.');
    assert.equal(reloadedWords({ files: [], diagnostics: [wrong] }), 'There are no settings files; 1 problem: f:2: bad');
  });
});

test('only what is not set yet is offered', () => {
  const of = (known: Record<string, unknown>) => wishes((key) => known[key]).map(({ key }) => key);
  assert.deepEqual(of({ 'files.watcherExclude': {}, 'search.exclude': {}, 'git.detectWorktrees': true }), ['files.watcherExclude', 'search.exclude', 'git.detectWorktrees']);
  assert.deepEqual(of({ 'files.watcherExclude': { '**/.tapps-agents/worktrees/**': false }, 'search.exclude': {}, 'git.detectWorktrees': false }), ['search.exclude']);
  // An editor without git has no such setting.
  assert.deepEqual(of({}), []);
});
