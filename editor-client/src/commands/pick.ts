//! What a command is about: the item it was called on, or what the person picks of what there is.

import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Run, Step, Task } from '../generated/protocol';
import type { Context } from '../context';
import { look } from '../runs/looks';
import { isNode } from '../runs/node';
import { progress, title } from '../runs/overview';
import { ago, duration, state } from '../runs/words';
import { answered } from './command';

/** Which runs, steps or tasks a question offers. */
export interface Wanted<T> {
  /** Of the question. */
  title: string;
  /** Whether it fits. */
  fits: (one: T) => boolean;
  /** Said when nothing fits. */
  none: string;
}

/** A step and its run. */
export interface RunStep {
  run: Run;
  step: Step;
}

/** The run that is meant. */
export async function whichRun(context: Context, given: unknown, wanted: Wanted<Run>): Promise<Run> {
  const named = await namedRun(context, given);
  if (named) {
    return named;
  }
  const items = context.runs.runs().filter((run) => wanted.fits(run));
  return (await choose(wanted, items, (run) => runItem(context, run))).run;
}

/** The step that is meant; of the run that is given, or of any. */
export async function whichStep(context: Context, given: unknown, wanted: Wanted<RunStep>): Promise<RunStep> {
  const run = await namedRun(context, given);
  const id = stepId(given);
  const named = run?.steps.find((step) => step.id === id);
  if (run && named) {
    return { run, step: named };
  }
  const runs = run ? [run] : context.runs.runs();
  const items = runs.flatMap((one) => one.steps.map((step) => ({ run: one, step }))).filter((one) => wanted.fits(one));
  return await choose(wanted, items, ({ run: of, step }) => ({
    label: `$(${look(step.status).icon}) ${step.title || step.id}`,
    description: [state(step.status), step.duration_ms > 0 ? duration(step.duration_ms) : ''].filter((word) => word !== '').join(' · '),
    ...(run ? {} : { detail: `${title(of)}, ${of.run_id}` }),
    run: of,
    step,
  }));
}

/** The task that is meant. */
export async function whichTask(context: Context, given: unknown, wanted: Wanted<Task>): Promise<Task> {
  if (isNode(given) && 'task' in given) {
    return given.task;
  }
  const items = context.runs.tasks().filter((task) => wanted.fits(task));
  return (await choose(wanted, items, (task) => ({ label: `$(${look(task.status).icon}) ${task.command}`, description: state(task.status), detail: task.task_id, task }))).task;
}

/** Asks for one of the repositories that are open; does not ask where there is one. */
export async function whichFolder(context: Context, question: string): Promise<string> {
  const folders = context.folders.folders();
  if (folders.length === 0) {
    throw new Error('no folder is open: open the folder of a git repository first');
  }
  if (folders.length === 1) {
    return folders[0] ?? '';
  }
  const items = folders.map((folder) => ({ label: path.basename(folder), description: folder, folder }));
  return answered(await vscode.window.showQuickPick(items, { title: question, placeHolder: 'In which repository?' })).folder;
}

/** One of the items; said in a message where there is none. */
async function choose<T, I extends vscode.QuickPickItem>(wanted: Wanted<T>, items: T[], shown: (one: T) => I): Promise<I> {
  if (items.length === 0) {
    throw new Error(wanted.none);
  }
  return answered(await vscode.window.showQuickPick(items.map(shown), { title: wanted.title, matchOnDescription: true, matchOnDetail: true }));
}

function runItem(context: Context, run: Run) {
  const where = context.folders.folders().length > 1 ? `, ${path.basename(run.repo)}` : '';
  const moment = ago(run.ended_at ?? run.created_at, Date.now());
  return {
    label: `$(${look(run.status).icon}) ${title(run)}`,
    description: `${state(run.status)}${run.status === 'running' ? ` ${progress(run)}` : ''} · ${moment}${where}`,
    detail: run.run_id,
    run,
  };
}

/** A node of the view, a target of the server's commands, or the id alone. */
export async function namedRun(context: Context, given: unknown): Promise<Run | undefined> {
  if (isNode(given)) {
    // The node may be older than what is known by now.
    return 'run' in given ? (context.runs.run(given.run.run_id) ?? given.run) : undefined;
  }
  const run_id = typeof given === 'string' ? given : property(given, 'run_id');
  if (run_id === undefined) {
    return undefined;
  }
  return context.runs.run(run_id) ?? (await context.runs.refresh(run_id)) ?? (await context.server.call('run.show', { run_id }));
}

function stepId(given: unknown): string | undefined {
  return isNode(given) ? ('step' in given ? given.step.id : undefined) : property(given, 'step_id');
}

function property(value: unknown, name: string): string | undefined {
  const found = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return typeof found === 'string' ? found : undefined;
}
