//! Where the server is looked for, what a program turns out to be, and what people are told.

import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fits, format } from '../src/server/binary';
import { find, type Machine } from '../src/server/find';
import { candidates } from '../src/server/locate';
import { otherVersion } from '../src/server/problem';
import { judge, probe, type Probe } from '../src/server/probe';
import { Restarts } from '../src/server/restarts';
import { Turns } from '../src/server/turns';

const around = { setting: '', extension: '/ext', home: '/home/me', searchPath: '/usr/bin:relative::/opt/bin' };

describe('places', () => {
  test('the bundle comes first, then absolute folders of PATH', () => {
    assert.deepEqual(
      candidates(around).map(({ file }) => file),
      ['/ext/server/offshoot', '/usr/bin/offshoot', '/opt/bin/offshoot'],
    );
  });

  test('a setting stands alone, and knows the home folder', () => {
    assert.deepEqual(candidates({ ...around, setting: ' ~/bin/offshoot ' }), [{ file: '/home/me/bin/offshoot', origin: 'setting' }]);
    assert.deepEqual(candidates({ ...around, setting: '~other/x' }), [{ file: '~other/x', origin: 'setting' }]);
  });
});

/** The head of an ELF file for this machine number. */
function elf(machine: number, big = false): Buffer {
  const head = Buffer.alloc(64);
  head.writeUInt32BE(0x7f454c46, 0);
  head[4] = 2;
  head[5] = big ? 2 : 1;
  if (big) {
    head.writeUInt16BE(machine, 18);
  } else {
    head.writeUInt16LE(machine, 18);
  }
  return head;
}

function universal(...processors: number[]): Buffer {
  const head = Buffer.alloc(8 + 20 * processors.length);
  head.writeUInt32BE(0xcafebabe, 0);
  head.writeUInt32BE(processors.length, 4);
  processors.forEach((processor, index) => head.writeUInt32BE(processor, 8 + 20 * index));
  return head;
}

describe('formats', () => {
  const cases: [string, Buffer, string, string, boolean][] = [
    ['ELF for this processor', elf(0x3e), 'linux', 'x64', true],
    ['ELF for another processor', elf(0xb7), 'linux', 'x64', false],
    ['ELF on another system', elf(0x3e), 'darwin', 'x64', false],
    ['big-endian ELF', elf(0x16, true), 'linux', 'x64', false],
    ['a universal program', universal(0x01000007, 0x0100000c), 'darwin', 'arm64', true],
    ['a universal program without this processor', universal(0x01000007), 'darwin', 'arm64', false],
    ['a script', Buffer.from('#!/bin/sh\n'), 'linux', 'x64', true],
    ['a program of Windows', Buffer.from(`MZ${'\0'.repeat(64)}`), 'linux', 'x64', false],
    ['text', Buffer.from('just some words that are long enough'), 'linux', 'x64', false],
    ['an empty file', Buffer.alloc(0), 'linux', 'x64', false],
    ['a universal head that promises more than there is', Buffer.concat([universal(0x01000007).subarray(0, 4), Buffer.from([0xff, 0xff, 0xff, 0xff]), Buffer.alloc(20)]), 'darwin', 'x64', false],
  ];
  for (const [name, head, system, processor, expected] of cases) {
    test(name, () => assert.equal(fits(format(head), system, processor), expected));
  }
});

describe('what --version came to', () => {
  const cases: [string, Parameters<typeof judge>[0], Probe['kind']][] = [
    ['a version', { timedOut: false, stdout: 'offshoot 0.1.0\n', stderr: '' }, 'sound'],
    ['another program', { timedOut: false, stdout: 'git version 2.40\n', stderr: '' }, 'not_offshoot'],
    ['nothing said', { timedOut: false, stdout: '', stderr: '' }, 'not_offshoot'],
    ['a version, and a failure', { code: 1, timedOut: false, stdout: 'offshoot 0.1.0\n', stderr: '' }, 'broken'],
    ['a missing library', { code: 127, timedOut: false, stdout: '', stderr: 'error while loading shared libraries' }, 'broken'],
    ['too slow', { code: 'a signal', timedOut: true, stdout: '', stderr: '' }, 'broken'],
    ['not allowed', { code: 'EACCES', timedOut: false, stdout: '', stderr: '' }, 'not_executable'],
  ];
  for (const [name, outcome, kind] of cases) {
    test(name, () => assert.equal(judge(outcome).kind, kind));
  }
});

describe('real files', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'offshoot-probe-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function file(name: string, content: string | Buffer, mode: number): Promise<Probe> {
    const made = path.join(folder, name);
    await writeFile(made, content);
    await chmod(made, mode);
    return await probe(made);
  }

  test('one that answers', async () => {
    assert.deepEqual(await file('good', '#!/bin/sh\necho offshoot 9.9.9\n', 0o755), { kind: 'sound', version: '9.9.9' });
  });
  test('one that may not be executed', async () => {
    assert.deepEqual(await file('plain', '#!/bin/sh\n', 0o644), { kind: 'not_executable' });
  });
  test('one of another machine is never run', async () => {
    assert.equal((await file('foreign', elf(0x1234), 0o755)).kind, 'wrong_platform');
  });
  test('one that fails says why', async () => {
    assert.deepEqual(await file('bad', '#!/bin/sh\necho no such library >&2\nexit 3\n', 0o755), { kind: 'broken', why: 'no such library' });
  });
  test('none, and a folder', async () => {
    assert.deepEqual(await probe(path.join(folder, 'none')), { kind: 'missing' });
    assert.deepEqual(await probe(folder), { kind: 'missing' });
  });
});

function machine(found: Record<string, Probe>, system = 'linux'): Machine {
  return { system, processor: 'x64', probe: (file) => Promise.resolve(found[file] ?? { kind: 'missing' }) };
}

describe('finding', () => {
  test('the first that is there', async () => {
    const found = await find(candidates(around), machine({ '/opt/bin/offshoot': { kind: 'sound', version: '1.0.0' } }));
    assert.deepEqual(found, { kind: 'server', candidate: { file: '/opt/bin/offshoot', origin: 'path' }, version: '1.0.0' });
  });

  test('one that cannot be used is not passed over', async () => {
    const found = await find(candidates(around), machine({ '/ext/server/offshoot': { kind: 'not_executable' }, '/usr/bin/offshoot': { kind: 'sound', version: '1.0.0' } }));
    assert.equal(found.kind, 'problem');
    assert.deepEqual(found.problem.waysOut, ['make_executable', 'choose_server']);
  });

  const told: [string, Parameters<typeof find>, RegExp, string][] = [
    ['a setting that leads nowhere', [candidates({ ...around, setting: '/no' }), machine({})], /not there: \/no \(from the setting/, 'open_setting'],
    ['nothing anywhere', [candidates(around), machine({})], /not found: not in the extension \(\/ext\/server\/offshoot\) and not on PATH/, 'choose_server'],
    [
      'another machine',
      [candidates(around), machine({ '/ext/server/offshoot': { kind: 'wrong_platform', built: { kind: 'native', system: 'darwin', processors: ['arm64'] } } })],
      /is built for macOS on arm64; this is Linux on x64/,
      'choose_server',
    ],
    ['Windows', [candidates(around), machine({}, 'win32')], /WSL/, 'reopen_in_wsl'],
  ];
  for (const [name, given, message, way] of told) {
    test(name, async () => {
      const found = await find(...given);
      assert.equal(found.kind, 'problem');
      assert.match(found.problem.message, message);
      assert.ok(found.problem.waysOut.some((one) => one === way));
    });
  }

  test('another version is told, the same is not', () => {
    const bundled = { file: '/ext/server/offshoot', origin: 'bundled' } as const;
    assert.equal(otherVersion(bundled, '0.1.0', '0.1.0'), undefined);
    assert.match(otherVersion(bundled, '0.2.0', '0.1.0')?.message ?? '', /0\.2\.0, the extension 0\.1\.0/);
  });
});

test('a server that keeps ending is given up, until a person asks', () => {
  const restarts = new Restarts();
  assert.deepEqual([0, 1, 2, 3].map((moment) => restarts.ended(moment)), [true, true, true, true]);
  assert.equal(restarts.ended(4), false);
  restarts.forget();
  assert.equal(restarts.ended(5), true);
  // Seldom ends do not add up.
  assert.deepEqual([1, 2, 3, 4, 5, 6].map((nth) => restarts.ended(nth * 60 * 60_000)), [true, true, true, true, true, true]);
});

test('what is asked for follows what is under way, also when that fails', async () => {
  const turns = new Turns();
  const done: string[] = [];
  let fail = (): void => undefined;
  const first = turns.take(
    () =>
      new Promise((_, reject) => {
        fail = () => {
          done.push('first');
          reject(new Error('so'));
        };
      }),
  );
  const second = turns.take(() => Promise.resolve(void done.push('second')));
  await Promise.resolve();
  assert.deepEqual(done, []);
  fail();
  await assert.rejects(first, /so/);
  await second;
  assert.deepEqual(done, ['first', 'second']);
});
