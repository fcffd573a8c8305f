//! The browser that shows workbenches: one Chromium per test file, one window per workspace.

import { chromium, type Browser, type Page } from 'playwright-core';
import * as places from './places.ts';
import type { Server } from './server.ts';
import { Workbench } from './workbench.ts';
import type { World } from './world.ts';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

/** What stays inside this machine. Files of webviews have an address that looks outside; the editor answers it itself. */
const LOCAL =
  /^(https?|wss?):\/\/(127\.0\.0\.1[:/]|[\w+-]+\.vscode-resource\.vscode-cdn\.net\/)|^(data|blob|about|chrome-error):/;

/** Of a window, and how many points of the picture make one of the window. */
export interface Size {
  width: number;
  height: number;
  scale?: number;
}

const SIZE: Size = { width: 1280, height: 800 };

/** A Chromium under way. */
export class Screen {
  /** What was asked of the outside. */
  readonly outside: string[] = [];
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** Starts it in this world. */
  static async start(world: World): Promise<Screen> {
    const browser = await chromium.launch({
      executablePath: places.needed('chromium', 'chromium-browser', 'google-chrome'),
      headless: true,
      args: ARGUMENTS,
      env: world.environment(),
    });
    return new Screen(browser);
  }

  /** A page that remembers nothing of others. */
  async page({ width, height, scale }: Size = SIZE): Promise<Page> {
    const context = await this.#browser.newContext({
      viewport: { width, height },
      deviceScaleFactor: scale ?? 1,
      timezoneId: 'UTC',
      locale: 'en-GB',
    });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('request', (request) => {
      if (!LOCAL.test(request.url())) this.outside.push(request.url());
    });
    return page;
  }

  /** A window on a folder, as far as the workbench stands. */
  async open(server: Server, folder: string, size?: Size): Promise<Workbench> {
    const page = await this.page(size);
    const workbench = new Workbench(page, server.world);
    await page.goto(server.address(folder), { waitUntil: 'domcontentloaded' });
    await workbench.ready();
    return workbench;
  }

  /** Ends it. */
  async stop(): Promise<void> {
    await this.#browser.close();
  }
}
