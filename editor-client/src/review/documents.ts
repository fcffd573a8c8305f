//! Virtual documents: files before and after a step, summaries and other pages, whole logs. Read only.

import * as vscode from 'vscode';
import type { Api } from '../wire';
import { SCHEME, fromParts, toParts, type FilePlace } from './place';

/** Scheme of pages that are made on the spot. */
const PAGE = 'offshoot-page';

/** So many pages are remembered for the case that one is looked at again. */
const PAGES = 50;

export class Documents implements vscode.Disposable {
  readonly #pages = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #subscriptions: vscode.Disposable;

  constructor(private readonly api: Api) {
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, { onDidChange: this.#changed.event, provideTextDocumentContent: (uri) => this.#read(uri) }),
      vscode.workspace.registerTextDocumentContentProvider(PAGE, { onDidChange: this.#changed.event, provideTextDocumentContent: (uri) => this.#page(uri) }),
    );
  }

  /** The address of a file before or after. */
  static file(place: FilePlace): vscode.Uri {
    return vscode.Uri.from(toParts(place));
  }

  /** Makes a page and gives its address; one of the same name is replaced. */
  page(name: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: PAGE, path: `/${name}` });
    this.#pages.delete(uri.path);
    this.#pages.set(uri.path, text);
    for (const oldest of [...this.#pages.keys()].slice(0, Math.max(0, this.#pages.size - PAGES))) {
      this.#pages.delete(oldest);
    }
    this.#changed.fire(uri);
    return uri;
  }

  /** Files of this run that are open are read again. */
  stale(run_id: string): void {
    for (const { uri } of vscode.workspace.textDocuments) {
      if (uri.scheme === SCHEME && fromParts(uri)?.run_id === run_id) {
        this.#changed.fire(uri);
      }
    }
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  async #read(uri: vscode.Uri): Promise<string> {
    const place = fromParts(uri);
    if (!place) {
      throw new Error(`${uri.toString()} is no file of a run`);
    }
    const { alone, ...read } = place;
    const { text, binary, size, missing } = await this.api.call('file.read', read);
    if (missing && alone) {
      return `${place.path} is not in the result: git ignores it, and the worktree is gone.\n`;
    }
    return binary ? `Not text: ${size} bytes.\n` : (text ?? '');
  }

  // After a restart of the editor a page is gone; its tab may still be there.
  #page(uri: vscode.Uri): string {
    return this.#pages.get(uri.path) ?? 'This page is no longer there. Open it again from the runs view.\n';
  }
}
