//! The log of an attempt in a terminal of the editor: with its colours, followed while the attempt goes on.

import * as vscode from 'vscode';
import { look } from '../runs/looks';
import { state } from '../runs/words';
import { failure, sentence, type Api, type Event } from '../wire';
import { LogSource, type LogOf } from './source';
import { forTerminal } from './text';

/** An attempt whose log is shown. */
export interface Shown {
  of: LogOf;
  name: string;
  status: string;
}

const key = ({ run_id, step_id, task_id, attempt }: LogOf): string => `${task_id ?? `${run_id}/${step_id}`}#${attempt}`;

/** The terminals that show logs; one for each attempt. */
export class LogTerminals implements vscode.Disposable {
  readonly #open = new Map<string, { terminal: vscode.Terminal; source: LogSource; of: LogOf }>();

  constructor(private readonly api: Api) {}

  /** Shows a log, in the terminal that already does where there is one. */
  show({ of, name, status }: Shown): void {
    const open = this.#open.get(key(of));
    if (open) {
      open.terminal.show(true);
      return;
    }
    const source = new LogSource(this.api, of);
    const { icon, color } = look(status);
    const iconPath = new vscode.ThemeIcon(icon.replace('loading~spin', 'output'));
    const terminal = vscode.window.createTerminal({ name, pty: this.#screen(of, source), iconPath, ...(color === undefined ? {} : { color: new vscode.ThemeColor(color) }), isTransient: true });
    this.#open.set(key(of), { terminal, source, of });
    terminal.show(true);
  }

  /** The daemon told something: whoever waits for more of this step looks. */
  take({ run_id, step_id, task_id }: Event): void {
    for (const { source, of } of this.#open.values()) {
      if (task_id === of.task_id || (run_id === of.run_id && step_id === of.step_id)) {
        source.nudge();
      }
    }
  }

  dispose(): void {
    this.#open.forEach(({ terminal }) => terminal.dispose());
  }

  #screen(of: LogOf, source: LogSource): vscode.Pseudoterminal {
    const written = new vscode.EventEmitter<string>();
    let told = false;
    return {
      onDidWrite: written.event,
      open: () => void this.#follow(of, source, (text) => written.fire(text)).finally(() => (told = true)),
      close: () => {
        source.stop();
        this.#open.delete(key(of));
        written.dispose();
      },
      // The attempt has no input. After its end any key closes the terminal, as it does for a finished process.
      handleInput: () => told && this.#open.get(key(of))?.terminal.dispose(),
    };
  }

  async #follow(of: LogOf, source: LogSource, write: (text: string) => void): Promise<void> {
    try {
      await source.read((text) => write(forTerminal(text)), true);
      write(`\r\n${faint(`[${await this.#end(of)}; press a key to close]`)}\r\n`);
    } catch (error) {
      write(`\r\n${faint(`[${sentence(failure(error))}]`)}\r\n`);
    }
  }

  async #end({ run_id, step_id, task_id, attempt }: LogOf): Promise<string> {
    const attempts =
      task_id == null
        ? (await this.api.call('run.show', { run_id: run_id ?? '' })).steps.find((step) => step.id === step_id)?.attempts
        : (await this.api.call('task.show', { task_id })).attempts;
    const ended = attempts?.find((one) => one.attempt === attempt);
    return `attempt ${attempt} ${ended ? state(ended.status) : 'ended'}${ended?.exit_code == null ? '' : `, exit code ${ended.exit_code}`}`;
  }
}

const faint = (text: string): string => `\u001b[2m${text}\u001b[0m`;
