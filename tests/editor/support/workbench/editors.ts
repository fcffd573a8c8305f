//! Editors: files, tabs, what is typed, what can be read.

import type { Locator } from 'playwright-core';
import { until } from '../wait.ts';
import { Telling } from './statusBar.ts';

/** A window and its editors. */
export class Editing extends Telling {
  /** Opens a file by its path, with the cursor at the beginning of a line where one is given. */
  async open(path: string, line?: number): Promise<void> {
    const name = path.split('/').at(-1) ?? path;
    await this.take('Control+P', path, name);
    await this.answered();
    await this.tab(name).waitFor();
    if (line !== undefined) await this.goTo(name, line);
  }

  /** Puts the cursor at the beginning of a line of the file that was just opened. */
  async goTo(name: string, line: number): Promise<void> {
    // Asked for in the same breath as the file, the line is passed over where Enter comes before it was read.
    await this.page.locator('.tabs-container .tab.active').filter({ hasText: name }).waitFor();
    await this.take('Control+G', `:${line}`, new RegExp(`line ${line}\\b`));
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
}
