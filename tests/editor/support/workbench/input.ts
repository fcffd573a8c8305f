//! What asks at the top of the window: palette, quick picks, input boxes.

import type { Locator } from 'playwright-core';
import { poll, until } from '../wait.ts';
import { Window } from './window.ts';

/** So long the palette looks up what was typed at most, in milliseconds. */
const SETTLED = 5_000;

/** A window and what it asks. */
export class Asking extends Window {
  /** Where text is typed. */
  protected get input(): Locator {
    return this.page.locator('.quick-input-widget input[type=text]');
  }

  /** What may be taken. */
  protected get entries(): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row');
  }

  /** The choice that Enter takes: what was typed is looked up a moment later, and until then it is another. */
  protected chosen(text: string | RegExp): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row.focused').filter({ hasText: text });
  }

  /**
   * Runs a command from the palette by its whole title. What the palette offers is settled when it opens: a command
   * that is there only with runs, and came a moment later than the first of them was shown, needs it to be opened again.
   */
  async palette(title: string): Promise<void> {
    await until(`${title} in the palette`, async () => {
      await this.press('F1');
      await this.input.waitFor();
      await this.input.fill(`>${title}`);
      const offered = await poll(() => this.chosen(title).isVisible(), SETTLED);
      if (offered !== true) await this.press('Escape');
      return offered;
    });
    await this.press('Enter');
  }

  /** Titles that the palette offers for these words. */
  async offered(words: string): Promise<string[]> {
    await this.press('F1');
    await this.input.waitFor();
    await this.input.fill(`>${words}`);
    await this.entries.first().waitFor();
    const titles = await this.entries.evaluateAll((rows) => rows.map((row) => row.getAttribute('aria-label') ?? ''));
    await this.press('Escape');
    await this.input.waitFor({ state: 'hidden' });
    return titles;
  }

  /** Takes the entry with this text of the quick pick that is open. */
  async pick(text: string | RegExp): Promise<void> {
    await this.entries.filter({ hasText: text }).first().click();
  }

  /** Entries of the quick pick that is open. */
  async choices(): Promise<string[]> {
    await this.entries.first().waitFor();
    return this.entries.evaluateAll((rows) => rows.map((row) => row.getAttribute('aria-label') ?? ''));
  }

  /** Answers the input box that is open. */
  async answer(text: string): Promise<void> {
    await this.input.waitFor();
    await this.input.fill(text);
    await this.press('Enter');
  }

  /** Waits until nothing is asked any more. */
  async answered(): Promise<void> {
    await this.input.waitFor({ state: 'hidden' });
  }
}
