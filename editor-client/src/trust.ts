//! Passes the trust that the person gave the workspace on to the daemon, which asks for it before it runs commands of a
//! repository for an editor.

import * as vscode from 'vscode';
import type { OpenFolders } from './folders';
import { failure, type Api } from './wire';

/** Repositories whose trust was taken back here. */
const REFUSED = 'offshoot.distrusted';

export class Trust {
  constructor(
    private readonly api: Api,
    private readonly folders: OpenFolders,
    private readonly memory: vscode.Memento,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** For all repositories that are open. Nothing is passed on of a workspace that is not trusted. */
  async passOn(): Promise<void> {
    if (vscode.workspace.isTrusted) {
      await Promise.all(this.folders.folders().map((folder) => this.#trust(folder)));
    }
  }

  /** Not passed on again for this repository, until it is trusted by the command. */
  async refuse(root: string): Promise<void> {
    await this.memory.update(REFUSED, [...new Set([...this.#refused(), root])]);
  }

  /** The person trusts it after all. */
  async forgive(root: string): Promise<void> {
    await this.memory.update(REFUSED, this.#refused().filter((one) => one !== root));
  }

  #refused(): string[] {
    return this.memory.get<string[]>(REFUSED) ?? [];
  }

  async #trust(repo: string): Promise<void> {
    try {
      const known = await this.api.call('trust.set', { repo });
      if (!known.trusted && !this.#refused().includes(known.repo)) {
        await this.api.call('trust.set', { repo, trusted: true });
        this.log.info(`the workspace is trusted, and so is ${known.repo}`);
      }
    } catch (error) {
      const { kind, message } = failure(error);
      if (kind !== 'not_a_repository') {
        this.log.warn(`the trust in ${repo} could not be passed on: ${message}`);
      }
    }
  }
}
