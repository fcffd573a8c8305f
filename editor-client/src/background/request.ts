//! What is asked of an agent when code or files are sent to the background. Pure.

import type { TaskSubmit } from '../generated/protocol';

/** What the person chose. */
export interface Request {
  /** The folder it is submitted from. */
  folder: string;
  /** What to do, in the person's words. */
  words: string;
  /** Relative to the folder. */
  files: string[];
  selection?: Selection;
  /** A role, or a program of the settings. */
  agent: string;
  priority: number;
  backends: string[];
}

/** Selected code. The worktree starts from the last commit, so the code itself goes along: it may be newer. */
export interface Selection {
  file: string;
  language: string;
  /** From 1. */
  from: number;
  to: number;
  text: string;
}

/** More of a selection is left out: the agent has the file. */
const MOST_CHARACTERS = 16_000;

export function toTask({ folder, words, files, selection, agent, priority, backends }: Request): TaskSubmit {
  return {
    folder,
    task: selection ? `${words.trim()}\n\n${quoted(selection)}` : words.trim(),
    files,
    priority,
    backends,
    worktree: true,
    agent,
  };
}

function quoted({ file, language, from, to, text }: Selection): string {
  const lines = from === to ? `line ${from}` : `lines ${from} to ${to}`;
  const cut = text.length > MOST_CHARACTERS;
  // A fence longer than any in the code.
  const fence = '`'.repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)));
  const code = cut ? text.slice(0, MOST_CHARACTERS) : text;
  return `It is about ${lines} of ${file}, which in the editor read${cut ? ' (beginning)' : ''}:\n\n${fence}${language}\n${code.replace(/\n$/, '')}\n${fence}`;
}

/** An agent that can be chosen. */
export interface Agent {
  name: string;
  /** What it is: a program of the settings, or the role that one has. */
  is: string;
}

/** Agents that the settings name, as `config.show` lists them; roles first. */
export function agents(settings: readonly { key: string; value: unknown }[]): Agent[] {
  const roles: Agent[] = [];
  const programs: Agent[] = [];
  for (const { key, value } of settings) {
    const role = /^offshoot\.personas\.([^.]+)$/.exec(key)?.[1];
    const program = /^offshoot\.agents\.([^.]+)\.command$/.exec(key)?.[1];
    if (role !== undefined) {
      roles.push({ name: role, is: `role, done by ${String(value)}` });
    } else if (program !== undefined) {
      programs.push({ name: program, is: Array.isArray(value) ? value.map(String).join(' ') : '' });
    }
  }
  return [...roles, ...programs.filter(({ name }) => !roles.some((role) => role.name === name))];
}
