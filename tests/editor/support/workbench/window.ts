//! The window that everything is in: keys, pictures, logs.

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import * as places from '../places.ts';
import type { World } from '../world.ts';

/** So much of each log goes into the report of a failure. */
const LOG_LINES = 40;

/** And so much of what the window shows. */
const WORDS_LINES = 150;

/** A window, without what it shows. */
export class Window {
  readonly page: Page;
  readonly world: World;
  readonly #console: string[] = [];

  constructor(page: Page, world: World) {
    this.page = page;
    this.world = world;
    page.on('console', (message) => {
      const [first = ''] = message.text().split('\n');
      if (tells(first)) this.#console.push(`${message.type()}: ${first}`);
    });
  }

  /** Presses keys, for example `Control+Shift+M`. */
  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Takes a picture where pictures are wanted. */
  async shot(name: string): Promise<void> {
    if (process.env['OFFSHOOT_SHOTS']) await this.picture(name);
  }

  /** Takes a picture. */
  async picture(name: string): Promise<string> {
    mkdirSync(places.shots, { recursive: true });
    const path = join(places.shots, `${name}.png`);
    await this.page.screenshot({ path });
    return path;
  }

  /** Takes a picture of each window that is open: what one does not show, another may. */
  async pictures(name: string): Promise<string[]> {
    mkdirSync(places.shots, { recursive: true });
    const contexts = this.page.context().browser()?.contexts() ?? [this.page.context()];
    const pages = contexts.flatMap((context) => context.pages());
    const taken = pages.map(async (page, nth) => {
      const path = join(places.shots, nth === 0 ? `${name}.png` : `${name}-${nth + 1}.png`);
      await page.screenshot({ path });
      return path;
    });
    return Promise.all(taken);
  }

  /** What can be read in the window, for the report of a failure where its picture is not at hand. */
  async words(): Promise<string> {
    const shown = await this.page.locator('.monaco-workbench').innerText();
    const lines = shown.split('\n').filter((line) => /\w/.test(line));
    return ['--- words', ...lines.slice(0, WORDS_LINES)].join('\n');
  }

  /** What the window's console and the logs of server and daemon end with, for the report of a failure. */
  logs(): string {
    const files = ['code-server.log', 'state/o/daemon.log']
      .map((file) => this.world.path(file))
      .filter((file) => existsSync(file));
    const logs = files.map((file) => [file, ...readFileSync(file, 'utf8').split('\n').filter(tells).slice(-LOG_LINES)]);
    return [['console', ...this.#console.slice(-LOG_LINES)], ...logs]
      .map((lines) => `--- ${lines.join('\n')}`)
      .join('\n');
  }
}

/** Whether a line of a log tells something. What code-server says of parts that were not compiled does not. */
function tells(line: string): boolean {
  return (
    line !== '' &&
    !/^\s*(→|at |'|tries|\])|node_modules|bindings file|INFO color|same-origin|native-watchdog/.test(line)
  );
}
