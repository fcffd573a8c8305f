//! The page of a run: layout, arrows, timeline, its document and its messages.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { html } from '../src/page/html';
import { fromPage } from '../src/page/messages';
import { BOX, direct, layout, neighbour, path } from '../src/page/web/layout';
import { schedule, ticks } from '../src/page/web/schedule';
import { attempt, run, step } from './samples';

const diamond = [step('a'), step('b', { needs: ['a'] }), step('c', { needs: ['a'] }), step('d', { needs: ['b', 'c'] }), step('e', { needs: ['a', 'not-there'] })];

describe('graph', () => {
  const made = layout(diamond);
  const at = (name: string) => made.boxes.find(({ id }) => id === name) ?? { x: NaN, y: NaN };

  test('what waits stands to the right of what it waits for', () => {
    for (const { from, to } of made.lines) {
      assert.ok(at(from).x + BOX.width <= at(to).x, `${from} -> ${to}`);
    }
    assert.equal(made.lines.length, 5);
  });

  test('what begins at the same time stands in one column', () => {
    assert.deepEqual([at('c').x, at('e').x], [at('b').x, at('b').x]);
  });

  test('no two steps overlap, and all are in the picture', () => {
    for (const one of made.boxes) {
      assert.ok(one.x - BOX.width / 2 >= 0 && one.x + BOX.width / 2 <= made.width && one.y + BOX.height / 2 <= made.height, one.id);
      const near = made.boxes.filter((other) => other !== one && Math.abs(other.x - one.x) < BOX.width && Math.abs(other.y - one.y) < BOX.height);
      assert.deepEqual(near, []);
    }
  });

  test('arrows lead to neighbours, and stay at the edge', () => {
    assert.ok(['b', 'c', 'e'].includes(neighbour(made, 'a', 'ArrowRight') ?? ''));
    assert.equal(neighbour(made, 'd', 'ArrowRight'), undefined);
    assert.equal(neighbour(made, 'a', 'Home'), 'a');
    assert.equal(neighbour(made, 'a', 'x'), undefined);
    const down = ['b', 'c', 'e'].sort((one, other) => at(one).y - at(other).y);
    assert.equal(neighbour(made, down[0] ?? '', 'ArrowDown'), down[1]);
    assert.equal(neighbour(made, down[1] ?? '', 'ArrowUp'), down[0]);
  });

  test('lines that follow from others are not drawn', () => {
    const of = (waits: Record<string, string[]>) => Object.fromEntries(direct(new Map(Object.entries(waits))));
    const chain = { a: [], b: ['a'], c: ['a', 'b'], d: ['c', 'a', 'b'] };
    assert.deepEqual(of(chain), { a: [], b: ['a'], c: ['b'], d: ['c'] });
    const diamond = { a: [], b: ['a'], c: ['a'], d: ['b', 'c', 'a'] };
    assert.deepEqual(of(diamond), { a: [], b: ['a'], c: ['a'], d: ['b', 'c'] });
    // A loop keeps all of its lines.
    assert.deepEqual(of({ a: ['c'], b: ['a'], c: ['b', 'a'] }), { a: ['c'], b: ['a'], c: ['b', 'a'] });
    assert.equal(layout([step('a'), step('b', { needs: ['a'] }), step('c', { needs: ['a', 'b'] })]).lines.length, 2);
  });

  test('loops, single steps and no steps are drawn too', () => {
    assert.equal(layout([step('a', { needs: ['b'] }), step('b', { needs: ['a'] })]).boxes.length, 2);
    assert.equal(layout([step('alone')]).boxes.length, 1);
    assert.deepEqual(layout([]).boxes, []);
  });

  test('two hundred steps are laid out in a moment', () => {
    const many = Array.from({ length: 200 }, (_, index) => step(`s${index}`, { needs: index < 10 ? [] : [`s${index - 10}`, `s${index - 7}`] }));
    const begin = performance.now();
    layout(many);
    assert.ok(performance.now() - begin < 3000);
  });

  test('a path goes through its points', () => {
    assert.equal(path([]), '');
    assert.equal(path([{ x: 0, y: 0 }, { x: 10, y: 5 }]), 'M0.0 0.0 L10.0 5.0');
    assert.equal(path([{ x: 0, y: 0 }, { x: 10, y: 0 }, { x: 20, y: 10 }]), 'M0.0 0.0 Q10.0 0.0 15.0 5.0 L20.0 10.0');
  });
});

describe('timeline', () => {
  const moment = (second: number) => `2026-11-20T10:00:${String(second).padStart(2, '0')}.000Z`;
  const two = run({
    steps: [
      step('a', { attempts: [attempt({ started_at: moment(0), ended_at: moment(2), status: 'failed' }), attempt({ attempt: 2, started_at: moment(3), ended_at: moment(5) })] }),
      step('b', { status: 'running', attempts: [attempt({ started_at: moment(5), ended_at: null, status: 'running' })] }),
    ],
  });

  test('bars are shares of the time from begin to now', () => {
    const { ms, rows } = schedule(two, Date.parse(moment(10)));
    assert.equal(ms, 10_000);
    assert.deepEqual(rows[0]?.bars.map(({ from, to }) => [from, to]), [[0, 0.2], [0.3, 0.5]]);
    assert.deepEqual(rows[1]?.bars.map(({ from, to, ms: length }) => [from, to, length]), [[0.5, 1, 5000]]);
  });

  test('a clock that is behind does no harm', () => {
    const { rows } = schedule(two, Date.parse(moment(1)));
    for (const { from, to } of rows.flatMap(({ bars }) => bars)) {
      assert.ok(from >= 0 && to <= 1 && from <= to);
    }
    assert.equal(schedule(run(), Date.parse('2020-01-01')).ms, 1);
  });

  test('marks stand at round times, at most six', () => {
    assert.deepEqual(ticks(10_000), [2000, 4000, 6000, 8000]);
    for (const ms of [1, 90, 1234, 60_000, 5_000_000, 400_000_000, 4_000_000_000]) {
      assert.ok(ticks(ms).length <= 6, String(ms));
    }
  });
});

test('the document loads nothing but its own files', () => {
  const made = html({ run_id: 'x"><script>', script: 's.js', style: 's.css', source: 'https://own', nonce: 'N0' });
  assert.match(made, /content="default-src 'none'; script-src 'nonce-N0'; style-src https:\/\/own; font-src https:\/\/own"/);
  assert.ok(!made.includes('x"><script>'));
  assert.ok(!/unsafe|https?:\/\/(?!own)/.test(made));
});

describe('messages of the page', () => {
  const cases: [string, unknown, unknown][] = [
    ['ready', { kind: 'ready' }, { kind: 'ready' }],
    ['a command', { kind: 'command', command: 'showLog', step_id: 'a', attempt: 2 }, { kind: 'command', command: 'showLog', step_id: 'a', attempt: 2 }],
    ['a command that is not offered', { kind: 'command', command: 'discardRun' }, undefined],
    ['other types', { kind: 'command', command: 'showDiff', step_id: 3 }, { kind: 'command', command: 'showDiff' }],
    ['no message', null, undefined],
    ['another kind', { kind: 'x', command: 'showDiff' }, undefined],
  ];
  for (const [name, message, expected] of cases) {
    test(name, () => assert.deepEqual(fromPage(message), expected));
  }
});
