//! Owns the language client: finds the server, starts it, starts it again when it ends, and passes on what it says.

import * as os from 'node:os';
import * as vscode from 'vscode';
import { CloseAction, ErrorAction, LanguageClient, RevealOutputChannelOn, State, type LanguageClientOptions } from 'vscode-languageclient/node';
import type { Methods } from '../generated/protocol';
import { settings } from '../settings';
import { EVENT, STATUS, TRUST, request, type Api, type DaemonStatus, type Event, type Method } from '../wire';
import { find, type Found } from './find';
import { candidates, origin } from './locate';
import { middleware, type Lenses, type Tell } from './middleware';
import { otherVersion, type Problem } from './problem';
import { Restarts } from './restarts';
import { Turns } from './turns';

/** So long a start is waited for. It takes a moment; what takes longer is another program, or hangs. */
const PATIENCE_MS = 30_000;

/** How it stands with the server. */
export type ServerState =
  | { kind: 'stopped' }
  | { kind: 'starting' }
  | { kind: 'running'; file: string; version: string; daemon: DaemonStatus }
  | { kind: 'failed'; problem: Problem; file?: string };

export class Server implements Api, vscode.Disposable {
  #state: ServerState = { kind: 'stopped' };
  #client: LanguageClient | undefined;
  /** Starts and ends follow each other: a client that is ended while it starts leaves its commands registered. */
  readonly #turns = new Turns();
  readonly #restarts = new Restarts();
  readonly #changed = new vscode.EventEmitter<ServerState>();
  readonly #events = new vscode.EventEmitter<Event>();
  readonly #problems = new vscode.EventEmitter<{ problem: Problem; file?: string }>();

  /** The state changed. */
  readonly onDidChange = this.#changed.event;
  /** The daemon told something. */
  readonly onEvent = this.#events.event;
  /** Something is wrong with the server that a person should know. */
  readonly onProblem = this.#problems.event;

  constructor(
    private readonly extension: vscode.Extension<unknown>,
    private readonly output: vscode.LogOutputChannel,
    private readonly lenses: Lenses,
    private readonly tell: Tell,
    private readonly trusted: () => boolean,
  ) {}

  get state(): ServerState {
    return this.#state;
  }

  /** Finds and starts it. What goes wrong becomes the state, and is told by {@link onProblem}. */
  async start(): Promise<void> {
    await this.#turns.take(() => this.#start());
  }

  /** Ends it and starts it anew; a person asked for that, or a setting changed. */
  async restart(): Promise<void> {
    await this.#turns.take(async () => {
      this.#restarts.forget();
      await this.#stop();
      await this.#start();
    });
  }

  /** Ends it. */
  async stop(): Promise<void> {
    await this.#turns.take(() => this.#stop());
  }

  async #start(): Promise<void> {
    this.#become({ kind: 'starting' });
    const found = await find(this.#places());
    if (found.kind === 'problem') {
      this.#fail(found.problem, found.candidate?.file);
      return;
    }
    this.#say(found);
    await this.#launch(found.candidate.file, found.version);
  }

  async #stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (client) {
      // One that does not end in time is ended by the client; that it was slow helps nobody.
      await client.dispose(5_000).catch((error: unknown) => this.output.warn(`the server did not end cleanly: ${String(error)}`));
    }
    this.#become({ kind: 'stopped' });
  }

  async call<M extends Method>(method: M, params: Methods[M]['params']): Promise<Methods[M]['result']> {
    return await this.#running().sendRequest<Methods[M]['result']>(request(method), params);
  }

  /** Tells the server that the word on the workspace changed; one that does not run learns it at its start. */
  async tellTrust(trusted: boolean): Promise<void> {
    if (this.#state.kind === 'running') {
      await this.#client?.sendNotification(TRUST, { trusted });
    }
  }

  /** One of the server's own commands, `offshoot.…`. */
  async execute(command: string, argument: unknown): Promise<unknown> {
    return await this.#running().sendRequest('workspace/executeCommand', { command, arguments: [argument] });
  }

  /** Path of the program. */
  program(): string {
    if (this.#state.kind !== 'running') {
      throw new Error(this.#state.kind === 'failed' ? this.#state.problem.message : 'the Offshoot server does not run yet');
    }
    return this.#state.file;
  }

  dispose(): void {
    void this.stop();
    this.#changed.dispose();
    this.#events.dispose();
    this.#problems.dispose();
  }

  #running(): LanguageClient {
    if (this.#state.kind === 'failed') {
      throw new Error(this.#state.problem.message);
    }
    if (!this.#client) {
      throw new Error('the Offshoot server does not run; “Offshoot: Restart the Language Server” starts it');
    }
    return this.#client;
  }

  #places() {
    return candidates({
      setting: settings.serverPath(),
      extension: this.extension.extensionPath,
      home: os.homedir(),
      searchPath: process.env['PATH'] ?? '',
    });
  }

  #say({ candidate, version }: Extract<Found, { kind: 'server' }>): void {
    this.output.info(`server: ${candidate.file} (${origin(candidate.origin)}), version ${version}`);
    const problem = otherVersion(candidate, version, this.#version());
    if (problem) {
      this.#problems.fire({ problem, file: candidate.file });
    }
  }

  #version(): string {
    return String((this.extension.packageJSON as { version?: unknown }).version);
  }

  async #launch(file: string, version: string): Promise<void> {
    const client = new LanguageClient('offshoot', 'Offshoot', { command: file, args: ['lsp'] }, this.#options());
    this.#client = client;
    client.onNotification(EVENT, (event: Event) => this.#events.fire(event));
    client.onNotification(STATUS, (daemon: DaemonStatus) => this.#become({ kind: 'running', file, version, daemon }));
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Running && this.#client === client) {
        this.#become({ kind: 'running', file, version, daemon: { state: 'starting' } });
      }
    });
    try {
      await answered(client.start());
    } catch (error) {
      if (this.#client === client) {
        this.#fail({ message: `The Offshoot server did not start: ${String(error)}`, waysOut: ['retry', 'show_output'] }, file);
      }
    }
  }

  #options(): LanguageClientOptions {
    return {
      // The server asks for completion, hover and lenses in our own files only; texts it needs of all, because
      // findings stand in any of them.
      documentSelector: [{ scheme: 'file' }, { scheme: 'untitled', language: 'yaml' }],
      outputChannel: this.output,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      diagnosticCollectionName: 'offshoot',
      markdown: { isTrusted: false, supportThemeIcons: true },
      middleware: middleware(this.lenses, this.tell),
      // A function: it is asked again when the server is started again.
      initializationOptions: () => ({ trusted: this.trusted(), results: true }),
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => this.#closed(),
      },
    };
  }

  /** The server ended, or its pipe did. */
  #closed() {
    if (!this.#client) {
      return { action: CloseAction.DoNotRestart, handled: true };
    }
    if (this.#restarts.ended(Date.now())) {
      this.output.warn('the server ended unexpectedly and is started again');
      this.#problems.fire({ problem: { message: 'The Offshoot server ended unexpectedly and is started again. Runs are not affected.', waysOut: ['show_output'] } });
      this.#become({ kind: 'starting' });
      return { action: CloseAction.Restart, handled: true };
    }
    this.#client = undefined;
    this.#fail({ message: 'The Offshoot server ended five times in three minutes and is not started again.', waysOut: ['retry', 'show_output'] });
    return { action: CloseAction.DoNotRestart, handled: true };
  }

  #fail(problem: Problem, file?: string): void {
    const told = file === undefined ? { problem } : { problem, file };
    this.output.error(problem.message);
    this.#become({ kind: 'failed', ...told });
    this.#problems.fire(told);
  }

  #become(state: ServerState): void {
    this.#state = state;
    this.#changed.fire(state);
  }
}

/** What a start comes to, or that nothing came in time: whoever asks for the next start must not wait for ever. */
async function answered(start: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
  });
  await Promise.race([start, late]).finally(() => clearTimeout(timer));
}
