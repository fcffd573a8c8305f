//! Everything for tests in a workbench: world, server, browser, and a picture and the logs of what failed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Screen, type Size } from './browser.ts';
import * as places from './places.ts';
import { Server, type Options } from './server.ts';
import { Workbench } from './workbench.ts';
import { World } from './world.ts';

/** The limit of one test: a hang says which. */
const TEST_LIMIT = 180_000;

/** A world with a server and a browser. */
export class Stage {
  readonly world: World;
  readonly server: Server;
  readonly screen: Screen;

  private constructor(world: World, server: Server, screen: Screen) {
    this.world = world;
    this.server = server;
    this.screen = screen;
  }

  /** Sets it up with the packaged extension installed. */
  static async open(options: Options = {}): Promise<Stage> {
    const world = new World();
    const [server, screen] = await Promise.all([
      Server.start(world, { vsix: places.vsix, ...options }),
      Screen.start(world),
    ]);
    return new Stage(world, server, screen);
  }

  /** A window on a folder in which the extension is awake: before that its commands are not known. */
  async window(folder: string, size?: Size): Promise<Workbench> {
    const window = await this.screen.open(this.server, folder, size);
    await window.item('status').waitFor();
    return window;
  }

  /** Takes it down: nothing was asked of the outside, and no process is left. */
  async end(): Promise<void> {
    await this.screen.stop();
    await this.server.stop();
    await this.world.end();
    assert.deepEqual(this.screen.outside, [], 'something was asked of the outside');
  }
}

/** A test in a window. When it fails there are pictures of all windows, and the words and logs of this one. */
export function act(name: string, window: () => Workbench, body: (window: Workbench) => Promise<void>): void {
  void test(name, { timeout: TEST_LIMIT }, async (context) => {
    const shown = window();
    try {
      await body(shown);
    } catch (error) {
      // A window that is gone has neither, and that must not hide what failed.
      const pictures = shown.pictures(`failed-${name.replaceAll(/\W+/g, '-').toLowerCase()}`);
      context.diagnostic(`pictures: ${await pictures.then((paths) => paths.join(' '), String)}`);
      context.diagnostic(await shown.words().catch(String));
      context.diagnostic(shown.logs());
      throw error;
    }
  });
}
