//! The workbench as its user sees it: palette, status bar, editors, panels, messages, pictures.
//!
//! Selectors stand here and nowhere else. Texts are waited for as patterns: what is shown for a moment only
//! cannot be waited for.

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import * as places from './places.ts';
import { until } from './wait.ts';
import type { World } from './world.ts';

/** Our items in the status bar and elsewhere begin with this. */
export const EXTENSION = 'offshoot.offshoot';

/** So much of each log goes into the report of a failure. */
const LOG_LINES = 40;

/** A window. */
export class Workbench {
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

  /** Waits until the workbench stands. */
  async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench').waitFor();
    await this.page.locator('#workbench\\.parts\\.statusbar').waitFor();
  }

  /** Loads the window anew and waits until the extension is awake again. */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent('domcontentloaded');
    // The browser's own way loses what the window has not kept yet.
    await this.palette('Developer: Reload Window');
    await loaded;
    await this.ready();
    await this.item('status').waitFor();
  }

  // Input

  get #input(): Locator {
    return this.page.locator('.quick-input-widget input[type=text]');
  }

  get #choices(): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row');
  }

  /** The choice that Enter takes: what was typed is looked up a moment later, and until then it is another. */
  #chosen(text: string | RegExp): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row.focused').filter({ hasText: text });
  }

  /** Presses keys, for example `Control+Shift+M`. */
  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Runs a command from the palette by its whole title. */
  async palette(title: string): Promise<void> {
    await this.press('F1');
    await this.#input.waitFor();
    await this.#input.fill(`>${title}`);
    await this.#chosen(title).waitFor();
    await this.press('Enter');
  }

  /** Titles that the palette offers for these words. */
  async offered(words: string): Promise<string[]> {
    await this.press('F1');
    await this.#input.waitFor();
    await this.#input.fill(`>${words}`);
    await this.#choices.first().waitFor();
    const titles = await this.#choices.evaluateAll((rows) => rows.map((row) => row.getAttribute('aria-label') ?? ''));
    await this.press('Escape');
    await this.#input.waitFor({ state: 'hidden' });
    return titles;
  }

  /** Takes the entry with this text of the quick pick that is open. */
  async pick(text: string | RegExp): Promise<void> {
    await this.#choices.filter({ hasText: text }).first().click();
  }

  /** Entries of the quick pick that is open. */
  async choices(): Promise<string[]> {
    await this.#choices.first().waitFor();
    return this.#choices.evaluateAll((rows) => rows.map((row) => row.getAttribute('aria-label') ?? ''));
  }

  /** Answers the input box that is open. */
  async answer(text: string): Promise<void> {
    await this.#input.waitFor();
    await this.#input.fill(text);
    await this.press('Enter');
  }

  /** Waits until nothing is asked any more. */
  async answered(): Promise<void> {
    await this.#input.waitFor({ state: 'hidden' });
  }

  // Status bar

  /** An item of the status bar by its id, ours by default. */
  item(id: string, extension = EXTENSION): Locator {
    return this.page.locator(`[id="${extension === '' ? id : `${extension}.${id}`}"]`);
  }

  /** Waits until some item of the status bar says this, and returns all that it says. */
  async status(said: RegExp): Promise<string> {
    const items = this.page.locator('.statusbar-item');
    return until(`the status bar to say ${said}`, async () => {
      const texts = await items.evaluateAll((all) =>
        all.map((item) => `${item.textContent} ${item.querySelector('a')?.getAttribute('aria-label') ?? ''}`),
      );
      return texts.find((text) => said.test(text));
    });
  }

  /** All that the status bar says now. */
  async statusBar(): Promise<string> {
    const texts = await this.page.locator('.statusbar-item').allTextContents();
    return texts.join(' | ');
  }

  /** What the status bar says of the cursor, for example `Ln 21, Col 21 (5 selected)`. */
  async cursor(): Promise<string> {
    return (await this.item('status.editor.selection', '').textContent()) ?? '';
  }

  // Editors

  /** Opens a file by its path, with the cursor at the beginning of a line where one is given. */
  async open(path: string, line?: number): Promise<void> {
    const name = path.split('/').at(-1) ?? path;
    await this.press('Control+P');
    await this.#input.waitFor();
    await this.#input.fill(path);
    await this.#chosen(name).waitFor();
    await this.press('Enter');
    await this.answered();
    await this.tab(name).waitFor();
    if (line !== undefined) await this.goTo(name, line);
  }

  /** Puts the cursor at the beginning of a line of the file that was just opened. */
  async goTo(name: string, line: number): Promise<void> {
    // Asked for in the same breath as the file, the line is passed over where Enter comes before it was read.
    await this.page.locator('.tabs-container .tab.active').filter({ hasText: name }).waitFor();
    await this.press('Control+G');
    await this.#input.waitFor();
    await this.#input.fill(`:${line}`);
    await this.#chosen(new RegExp(`line ${line}\\b`)).waitFor();
    await this.press('Enter');
    await this.answered();
    await until(`the cursor in line ${line}`, async () => (await this.cursor()).startsWith(`Ln ${line}, Col 1`));
  }

  /** The tab of an editor. */
  tab(text: string | RegExp): Locator {
    return this.page.locator('.tabs-container .tab').filter({ hasText: text });
  }

  /** Types into the active editor, where its cursor stands. */
  async type(text: string): Promise<void> {
    await this.press('Control+1');
    await this.page.keyboard.type(text);
  }

  /** Takes back what was typed into the active editor and not saved. */
  async revert(): Promise<void> {
    await this.palette('File: Revert File');
    await this.page.locator('.tabs-container .tab.active.dirty').waitFor({ state: 'detached' });
  }

  /** Waits until the active editor shows this, and returns all lines that can be seen. */
  async shows(text: RegExp): Promise<string> {
    const lines = this.page.locator('.editor-group-container.active .monaco-editor .view-lines').last();
    return until(`the editor to show ${text}`, async () => {
      // The editor draws spaces as no-break spaces.
      const shown = (await lines.innerText()).replaceAll('\u00a0', ' ');
      return text.test(shown) ? shown : undefined;
    });
  }

  /** A code lens by its title. */
  lens(title: string | RegExp): Locator {
    return this.page.locator('.codelens-decoration a').filter({ hasText: title });
  }

  /** Closes all editors without keeping what was typed. */
  async closeEditors(): Promise<void> {
    await this.palette('View: Revert and Close Editor').catch(() => undefined);
    await this.palette('View: Close All Editors');
    await this.answered();
  }

  // Panels and messages

  /** The Problems panel, opened. */
  async problems(): Promise<Locator> {
    const panel = this.page.locator('.markers-panel');
    if (!(await panel.isVisible())) await this.press('Control+Shift+M');
    await panel.waitFor();
    return panel;
  }

  /** Waits for a row in the Problems panel. */
  async problem(text: string | RegExp): Promise<Locator> {
    const row = (await this.problems()).locator('.monaco-list-row').filter({ hasText: text }).first();
    await row.waitFor();
    return row;
  }

  /** What the Problems panel shows, a line a row. */
  async problemRows(): Promise<string[]> {
    const rows = (await this.problems()).locator('.monaco-list-row');
    return rows.evaluateAll((all) => all.map((row) => row.getAttribute('aria-label') ?? ''));
  }

  /** A message, while it is shown in the corner, and after that in the list of messages, which is opened. */
  async notice(text: string | RegExp): Promise<Locator> {
    const notice = this.page.locator('.notification-list-item').filter({ hasText: text }).first();
    const shown = await notice.waitFor({ timeout: 5_000 }).then(
      () => true,
      () => false,
    );
    if (!shown) {
      await this.palette('Notifications: Show Notifications');
      await notice.waitFor();
    }
    return notice;
  }

  /** Forgets all messages, so that the next one of the same words is another. */
  async clearNotices(): Promise<void> {
    await this.palette('Notifications: Clear All Notifications');
    await this.page.locator('.notification-list-item').first().waitFor({ state: 'detached' });
  }

  /** Presses a button of a message. */
  async choose(notice: string | RegExp, button: string): Promise<void> {
    await (await this.notice(notice)).getByRole('button', { name: button, exact: true }).click();
  }

  /** Opens a view of ours in the side bar by its container's title. */
  async sideBar(title: string): Promise<Locator> {
    const bar = this.page.locator('#workbench\\.parts\\.activitybar').getByRole('tab', { name: title });
    if ((await bar.getAttribute('aria-selected')) !== 'true') await bar.click();
    const part = this.page.locator('#workbench\\.parts\\.sidebar');
    await part.waitFor();
    return part;
  }

  /** Rows of trees in the side bar. */
  row(text: string | RegExp): Locator {
    return this.page.locator('#workbench\\.parts\\.sidebar .monaco-list-row').filter({ hasText: text });
  }

  /** Presses one of the buttons that stand in a row while it is pointed at. */
  async inline(row: Locator, action: string): Promise<void> {
    await row.hover();
    await row.getByRole('button', { name: action, exact: true }).click();
  }

  /** Answers the question that stands before everything else. */
  async confirm(button: string): Promise<void> {
    await this.page.locator('.monaco-dialog-box').getByRole('button', { name: button, exact: true }).click();
  }

  /** What is inside the webview that is shown. */
  webview(): FrameLocator {
    return this.page
      .locator('iframe.webview.ready')
      .last()
      .contentFrame()
      .locator('iframe#active-frame')
      .contentFrame();
  }

  // Pictures and logs

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
