//! The workbench as its user sees it: palette, status bar, editors, panels, messages, pictures.
//!
//! Selectors stand here and in `workbench/`, by what is shown, and nowhere else. Texts are waited for as patterns:
//! what is shown for a moment only cannot be waited for.

import { Surrounded } from './workbench/panels.ts';

export { EXTENSION } from './workbench/statusBar.ts';

/** All of a window. */
export class Workbench extends Surrounded {
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
}
