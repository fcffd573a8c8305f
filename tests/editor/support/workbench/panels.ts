//! What lies around the editors: problems, messages, the side bar, dialogs, webviews.

import type { FrameLocator, Locator } from 'playwright-core';
import { Editing } from './editors.ts';

/** A window, its editors and what lies around them. */
export class Surrounded extends Editing {
  /** The Problems panel, opened. */
  async problems(): Promise<Locator> {
    const panel = this.page.locator('.markers-panel');
    if (!(await panel.isVisible())) await this.press('Control+Shift+M');
    await panel.waitFor();
    return panel;
  }

  async #problem(text: string | RegExp): Promise<Locator> {
    return (await this.problems()).locator('.monaco-list-row').filter({ hasText: text }).first();
  }

  /** Waits for a row in the Problems panel. */
  async problem(text: string | RegExp): Promise<Locator> {
    const row = await this.#problem(text);
    await row.waitFor();
    return row;
  }

  /** Waits until no row of the Problems panel has this; it may be gone already. */
  async noProblem(text: string | RegExp): Promise<void> {
    await (await this.#problem(text)).waitFor({ state: 'detached' });
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
}
