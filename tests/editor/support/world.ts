//! A world of its own for one test: state, home and settings folders, repositories, and the proof at the end
//! that nothing of it lives on.

import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as places from './places.ts';
import * as processes from './processes.ts';
import { LIMIT, poll, until } from './wait.ts';

const GITCONFIG = `[user]
\tname = Tess Ter
\temail = tess@example.org
[init]
\tdefaultBranch = main
[commit]
\tgpgsign = false
`;

/** `await-file PATH`: what steps wait with for the test. Gives up after two minutes. */
const AWAIT = 'i=0\nuntil [ -e "$1" ]; do\n  i=$((i + 1))\n  [ $i -lt 6000 ] || exit 97\n  sleep 0.02\ndone';

/** What a call of the binary came to. */
export interface Called {
  code: number;
  stdout: string;
  stderr: string;
}

/** One test's world. */
export class World {
  /** Short: a socket's path has to fit into 108 bytes, whatever TMPDIR says. */
  readonly root = mkdtempSync('/tmp/oe-');

  constructor() {
    for (const folder of ['home', 'bin', 'state', 'config', 'data', 'cache']) mkdirSync(this.path(folder));
    mkdirSync(this.path('runtime'), { mode: 0o700 });
    writeFileSync(this.path('home/.gitconfig'), GITCONFIG);
    symlinkSync(places.offshoot, this.path('bin/offshoot'));
    this.script('await-file', AWAIT);
  }

  /** A path in the world. */
  path(relative: string): string {
    return join(this.root, relative);
  }

  /** The environment of everything in this world. Nothing else of ours passes into it. */
  environment(): Record<string, string> {
    return {
      OFFSHOOT_HOME: this.path('state/o'),
      HOME: this.path('home'),
      XDG_CONFIG_HOME: this.path('config'),
      XDG_DATA_HOME: this.path('data'),
      XDG_STATE_HOME: this.path('state'),
      XDG_CACHE_HOME: this.path('cache'),
      XDG_RUNTIME_DIR: this.path('runtime'),
      PATH: `${this.path('bin')}:${process.env['PATH'] ?? ''}`,
      TZ: 'UTC',
      LC_ALL: 'C',
      GIT_CONFIG_NOSYSTEM: '1',
    };
  }

  /** A program for steps and agents: an `sh` script that is found by its name. */
  script(name: string, body: string): void {
    writeFileSync(this.path(`bin/${name}`), `#!/bin/sh\n${body}\n`);
    chmodSync(this.path(`bin/${name}`), 0o755);
  }

  /** Lets steps go on that wait with `await-file "$HOME/NAME"`. */
  open(name: string): void {
    put(this.path(`home/${name}`), '');
  }

  /** Writes the user's own settings of Offshoot. */
  settings(yaml: string): void {
    put(this.path('config/offshoot/config.yaml'), yaml);
  }

  /** A git repository with these files in its first commit. */
  async repo(name: string, files: Record<string, string>, trusted = true): Promise<Repo> {
    for (const [path, text] of Object.entries(files)) put(this.path(`${name}/${path}`), text);
    return this.adopt(this.path(name), trusted);
  }

  /** Makes a folder a git repository with one commit, trusted as if its owner had said so at a terminal. */
  async adopt(path: string, trusted = true): Promise<Repo> {
    const repo = new Repo(this, path);
    repo.git('init', '--quiet');
    repo.git('add', '--all');
    repo.git('commit', '--quiet', '--message', 'first');
    if (trusted) await repo.expect('trust');
    return repo;
  }

  /** Runs the binary. */
  async offshoot(folder: string, ...args: string[]): Promise<Called> {
    return this.run(places.offshoot, folder, ...args);
  }

  /** Runs this program. */
  async run(program: string, folder: string, ...args: string[]): Promise<Called> {
    const options = { cwd: folder, env: this.environment(), timeout: LIMIT, maxBuffer: 1 << 26 };
    return new Promise((resolve) => {
      const child = execFile(program, args, options, (_, stdout, stderr) => {
        resolve({ code: child.exitCode ?? -1, stdout, stderr });
      });
    });
  }

  /** The version that a program says it has. */
  version(program: string): string {
    const said = execFileSync(program, ['--version'], { env: this.environment(), encoding: 'utf8' });
    return said.trim().split(' ').at(-1) ?? '';
  }

  /** The binary under test as if it were of an older version: versions are texts in it, and these are as long. */
  older(): string {
    const version = this.version(places.offshoot);
    const [major = '0', ...rest] = version.split('.');
    const older = `${major}.${rest.join('.').replaceAll(/\d/g, '0')}`;
    assert.notEqual(older, version, 'no version of the same length is older');
    const bytes = readFileSync(places.offshoot);
    for (let at = bytes.indexOf(version); at >= 0; at = bytes.indexOf(version, at)) bytes.write(older, at);
    const path = this.path('bin/older');
    writeFileSync(path, bytes, { mode: 0o755 });
    return path;
  }

  /** Process of the daemon, once one runs. */
  async daemon(): Promise<number> {
    return until('the daemon', async () => {
      const status = await this.offshoot(this.root, '--json', 'background', 'status');
      return status.code === 0 || status.code === 5 ? (JSON.parse(status.stdout) as { pid: number }).pid : undefined;
    });
  }

  /** `kill -9` for the daemon, and waits until it is gone. */
  async killDaemon(): Promise<number> {
    const pid = await this.daemon();
    process.kill(pid, 'SIGKILL');
    await until('the killed daemon to end', () => !processes.alive(pid));
    return pid;
  }

  /** Stops the daemon, proves that no process is left, and removes the folder. */
  async end(): Promise<void> {
    if (processes.belongingTo(this.root).length > 0) await this.offshoot(this.root, 'background', 'stop');
    await poll(() => processes.belongingTo(this.root).length === 0, LIMIT / 2);
    const left = processes.belongingTo(this.root);
    processes.clear(left);
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
    assert.deepEqual(left, [], 'processes are left');
  }
}

/** A repository of a world. */
export class Repo {
  readonly world: World;
  readonly path: string;

  constructor(world: World, path: string) {
    this.world = world;
    this.path = path;
  }

  /** Writes a file, and its folders before it. */
  write(path: string, text: string): void {
    put(join(this.path, path), text);
  }

  /** Runs git and returns what it says. */
  git(...args: string[]): string {
    const env = this.world.environment();
    return execFileSync('git', args, { cwd: this.path, env, encoding: 'utf8' }).trimEnd();
  }

  /** Runs the binary here. */
  async offshoot(...args: string[]): Promise<Called> {
    return this.world.offshoot(this.path, ...args);
  }

  /** The same, where it has to do what it is asked. */
  async expect(...args: string[]): Promise<string> {
    const called = await this.offshoot(...args);
    assert.equal(called.code, 0, `offshoot ${args.join(' ')}\n${called.stdout}${called.stderr}`);
    return called.stdout;
  }

  /** The same with `--json`, read. */
  async json(...args: string[]): Promise<unknown> {
    return JSON.parse(await this.expect('--json', ...args));
  }
}

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
