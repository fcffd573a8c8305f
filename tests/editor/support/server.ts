//! code-server: the workbench and the extension host of VS Code behind a local port, with folders of its own.

import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import * as places from './places.ts';
import { poll, until } from './wait.ts';
import type { World } from './world.ts';

/** What keeps the workbench quiet and the same every time. */
const SETTINGS = {
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  // Settings and the like in tabs, and not before everything else.
  'workbench.editor.useModal': 'off',
  'workbench.enableExperiments': false,
  'workbench.colorTheme': 'Default Light Modern',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'files.simpleDialog.enable': true,
  // The web build saves after a second by default.
  'files.autoSave': 'off',
  'files.hotExit': 'off',
  'editor.accessibilitySupport': 'off',
};

/** How a server is started. */
export interface Options {
  /** The packaged extension to install. */
  vsix?: string;
  /** The user's settings beside those that keep it quiet. */
  settings?: Record<string, unknown>;
  /** Opens workspaces without trust, until somebody gives it. */
  restricted?: boolean;
  /** Further arguments. */
  args?: string[];
}

/** A code-server under way. */
export class Server {
  readonly world: World;
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(world: World, port: number, child: ChildProcess) {
    this.world = world;
    this.port = port;
    this.#child = child;
  }

  /** Starts one in this world and waits until it answers. */
  static async start(world: World, options: Options = {}): Promise<Server> {
    prepare(world, options);
    const port = await freePort();
    const log = openSync(world.path('code-server.log'), 'w');
    const child = spawn(
      process.execPath,
      [places.codeServer, ...folders(world), ...quiet(world, port), ...trust(options), ...(options.args ?? [])],
      {
        env: environment(world),
        stdio: ['ignore', log, log],
        // A group of its own, so that all of it can be ended.
        detached: true,
      },
    );
    closeSync(log);
    const server = new Server(world, port, child);
    await until('code-server', () => server.#answers());
    return server;
  }

  async #answers(): Promise<boolean> {
    if (this.#ended())
      throw new Error(`code-server ended: ${readFileSync(this.world.path('code-server.log'), 'utf8')}`);
    return fetch(`http://127.0.0.1:${this.port}/healthz`).then(
      (answer) => answer.ok,
      () => false,
    );
  }

  /** Address of a window on a folder or `.code-workspace` file. */
  address(folder: string, payload: [string, string][] = []): string {
    const query = new URLSearchParams(folder.endsWith('.code-workspace') ? { workspace: folder } : { folder });
    if (payload.length > 0) query.set('payload', JSON.stringify(payload));
    return `http://127.0.0.1:${this.port}/?${query.toString()}`;
  }

  /** Puts these in the place of the machine's settings, as if they were typed. */
  machine(settings: Record<string, unknown>): void {
    writeFileSync(join(this.world.path('user/Machine'), 'settings.json'), JSON.stringify(settings));
  }

  /** Ends it. */
  async stop(): Promise<void> {
    this.#signal('SIGTERM');
    await poll(() => this.#ended(), 10_000);
    this.#signal('SIGKILL');
    await until('code-server to end', () => this.#ended());
  }

  #ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #signal(name: NodeJS.Signals): void {
    const pid = this.#child.pid;
    try {
      if (pid !== undefined) process.kill(-pid, name);
    } catch {
      // Nobody is left in the group.
    }
  }
}

function prepare(world: World, options: Options): void {
  const user = world.path('user/User');
  mkdirSync(user, { recursive: true });
  mkdirSync(world.path('user/Machine'), { recursive: true });
  mkdirSync(world.path('extensions'), { recursive: true });
  // Without one it would write its own.
  writeFileSync(world.path('code-server.yaml'), '');
  writeFileSync(join(user, 'settings.json'), JSON.stringify({ ...SETTINGS, ...restriction(options), ...options.settings }, undefined, 2));
  if (options.vsix !== undefined) {
    execFileSync(process.execPath, [places.codeServer, ...folders(world), '--install-extension', options.vsix], {
      env: environment(world),
      stdio: 'pipe',
    });
  }
}

function folders(world: World): string[] {
  return [
    '--config',
    world.path('code-server.yaml'),
    '--user-data-dir',
    world.path('user'),
    '--extensions-dir',
    world.path('extensions'),
  ];
}

function quiet(world: World, port: number): string[] {
  return [
    ['--auth', 'none'],
    ['--bind-addr', `127.0.0.1:${port}`],
    ['--session-socket', world.path('cs.sock')],
    ['--disable-telemetry'],
    ['--disable-update-check'],
    ['--disable-getting-started-override'],
    ['--disable-proxy'],
    // A window that was lost is not waited for.
    ['--reconnection-grace-time', '5'],
  ].flat();
}

function restriction({ restricted }: Options): Record<string, unknown> {
  return restricted
    ? { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never' }
    : {};
}

function trust({ restricted }: Options): string[] {
  return restricted ? [] : ['--disable-workspace-trust'];
}

function environment(world: World): Record<string, string> {
  return {
    ...world.environment(),
    // Without a gallery neither server nor browser asks anything outside.
    EXTENSIONS_GALLERY: '{}',
    // As if started from a shell: else it asks a login shell for the environment, which brings another PATH.
    VSCODE_CLI: '1',
  };
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => {
        resolve(port);
      });
    });
  });
}
