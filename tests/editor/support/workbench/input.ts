//! What asks at the top of the window: palette, quick picks, input boxes.

import { errors, type Locator } from 'playwright-core';
import { until } from '../wait.ts';
import { Window } from './window.ts';

/** So long what was typed is looked up at most, in milliseconds. */
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
   * Opens what asks with a key, types, and takes what is offered for that. Anew where nothing of it is offered: what the
   * palette has is settled when it opens, and a command that comes with the first run may come a moment later; and an
   * editor that is still being opened takes the focus away, which closes it. A click goes nowhere else, as Enter would.
   */
  protected async take(key: string, typed: string, offered: string | RegExp): Promise<void> {
    await until(`${typed} to be offered`, async () => {
      await this.press(key);
      try {
        await this.input.fill(typed, { timeout: SETTLED });
        await this.chosen(offered).click({ timeout: SETTLED });
        return true;
      } catch (error) {
        if (!(error instanceof errors.TimeoutError)) throw error;
        await this.press('Escape');
        return false;
      }
    });
  }

  /** Runs a command from the palette by its whole title. */
  async palette(title: string): Promise<void> {
    await this.take('F1', `>${title}`, title);
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
