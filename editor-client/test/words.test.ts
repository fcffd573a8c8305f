//! States, times and texts as people read them.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gap, forTerminal, readable } from '../src/logs/text';
import { look } from '../src/runs/looks';
import { ago, count, duration, plain, short, state } from '../src/runs/words';
import { failure, sentence } from '../src/wire';

const now = Date.parse('2026-11-20T12:00:00.000Z');

const cases: [string, string][] = [
  [duration(0), '0 ms'],
  [duration(999), '999 ms'],
  [duration(59_999), '59 s'],
  [duration(185_000), '3 min 5 s'],
  [duration(7_860_000), '2 h 11 min'],
  [ago('2026-11-20T11:59:30.000Z', now), 'just now'],
  [ago('2026-11-20T11:55:00.000Z', now), '5 min ago'],
  [ago('2026-11-20T09:00:00.000Z', now), '3 h ago'],
  [ago('never', now), ''],
  [count(1, 'step'), '1 step'],
  [count(0, 'file'), '0 files'],
  [state('needs_input'), 'needs you'],
  [state('retry_wait'), 'retry wait'],
  [short('  two\nlines ', 20), 'two lines'],
  [short('a long line', 6), 'a lon…'],
  // A flag is two characters of Unicode and one for people.
  [short('🇩🇪🇫🇷🇮🇹', 2), '🇩🇪…'],
  [plain('a *b* <i> $(x)'), 'a \\*b\\* \\<i\\> \\$\\(x\\)'],
  [forTerminal('a\nb\r\nc'), 'a\r\nb\r\nc'],
  [readable('\u001b[32mok\u001b[0m done'), 'ok done'],
  [readable('\u001b]0;title\u0007x'), 'x'],
  [readable('10 %\r50 %\r100 %\nnext\r\nlast'), '100 %\nnext\nlast'],
  [gap(12), '\n[12 bytes were not kept]\n'],
];

describe('words', () => {
  for (const [made, expected] of cases) {
    test(JSON.stringify(expected), () => assert.equal(made, expected));
  }
});

test('every state of the wire has a look of its own', () => {
  const states = 'queued running needs_input completed failed cancelled waiting preparing verifying skipped unverified starting interrupted revoked scheduled blocked retry_wait dependency_failed';
  for (const one of states.split(' ')) {
    assert.ok(look(one).color, one);
  }
  assert.deepEqual(look('of a later version'), { icon: 'circle-outline' });
});

describe('failures', () => {
  const of = (data: unknown) => failure(Object.assign(new Error('outer'), { data }));
  test('an error of the wire', () => {
    const told = of({ kind: 'refused', message: 'the run is done', hint: 'start another' });
    assert.deepEqual(told, { kind: 'refused', message: 'the run is done', hint: 'start another' });
    assert.equal(sentence(told), 'The run is done. Start another.');
  });
  test('an error of another kind', () => {
    assert.deepEqual(of(undefined), { message: 'outer' });
    assert.deepEqual(of({ kind: 'x' }), { message: 'outer' });
    assert.deepEqual(failure('text'), { message: 'text' });
  });
});
