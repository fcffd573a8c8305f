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
    await this.takesKeys(name);
    if (line !== undefined) await this.#goTo(name, line);
  }

  /**
   * Waits until keys go to the text of the active editor, which is that of the file where one is named. The tab is there
   * before the text is, and what is pressed in between is lost.
   */
  async takesKeys(name?: string): Promise<void> {
    const editors = this.page.locator('.editor-group-container.active .monaco-editor.focused[data-uri]');
    await until(`keys to go to ${name ?? 'an editor'}`, async () => {
      const texts = await editors.evaluateAll((all) => all.map((editor) => editor.getAttribute('data-uri') ?? ''));
      return texts.some((uri) => name === undefined || decodeURIComponent(uri).endsWith(`/${name}`));
    });
  }

  async #goTo(name: string, line: number): Promise<void> {
    await this.take('Control+G', `:${line}`, new RegExp(`line ${line}\\b`));
    await this.answered();
    await this.takesKeys(name);
    await until(`the cursor in line ${line}`, async () => (await this.cursor()).startsWith(`Ln ${line}, Col 1`));
  }

  /** The tab of an editor. */
  tab(text: string | RegExp): Locator {
    return this.page.locator('.tabs-container .tab').filter({ hasText: text });
  }

  /** Goes to the active editor from wherever the focus is. */
  async focus(): Promise<void> {
    await this.press('Control+1');
    await this.takesKeys();
  }

  /** Types into the active editor, where its cursor stands. */
  async type(text: string): Promise<void> {
    await this.focus();
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
