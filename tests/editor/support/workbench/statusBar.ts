//! The status bar.

import type { Locator } from 'playwright-core';
import { until } from '../wait.ts';
import { Asking } from './input.ts';

/** Our items in the status bar and elsewhere begin with this. */
export const EXTENSION = 'offshoot.offshoot';

/** A window and what its status bar says. */
export class Telling extends Asking {
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
}
