//! How a node of the runs view looks. Pure: from the node to label, icon, words and what its menus go by.

import * as path from 'node:path';
import type { Attempt, Run, Step, Task } from '../generated/protocol';
import { look, severityLook, type Look } from './looks';
import type { Node } from './node';
import { progress, title } from './overview';
import type { Word } from './store';
import { way } from './way';
import { ago, count, duration, plain, short, state } from './words';

/** What is seen of a node. */
export interface Face {
  label: string;
  description?: string;
  /** Markdown. */
  tooltip?: string;
  look: Look;
  /** Words that `when` clauses look for: the kind, the state, what there is. */
  tags: string[];
  unfolds: 'no' | 'folded' | 'open';
  /** What a click does, by name of the command; it gets the node. */
  click?: string;
}

/** What a face depends on besides the node. */
export interface Around {
  now: number;
  /** More than one repository is open. */
  several: boolean;
  word: (run: Run, step: Step) => Word | undefined;
}

export function face(node: Node, around: Around): Face {
  switch (node.kind) {
    case 'run':
      return runFace(node.run, around);
    case 'step':
      return stepFace(node.run, node.step, around);
    case 'attempt':
      return attemptFace(node.attempt, 'showLog');
    case 'taskAttempt':
      return attemptFace(node.attempt, 'showLog');
    case 'artifacts':
      return { label: 'Artifacts', description: String(node.step.artifacts.length), look: { icon: 'package' }, tags: ['artifacts'], unfolds: 'folded' };
    case 'artifact':
      return { label: path.basename(node.artifact.path), description: `${folder(node.artifact.path)}${node.artifact.kind}`, look: { icon: 'file' }, tags: ['artifact'], unfolds: 'no', click: 'openArtifact' };
    case 'findings':
      return { label: 'Findings', description: counts(node.step), look: { icon: 'search' }, tags: ['findings'], unfolds: 'folded' };
    case 'finding':
      return findingFace(node);
    case 'changes':
      return { label: 'Changes', look: { icon: 'diff-multiple' }, tags: ['changes', ...(node.step ? ['ofStep'] : ['ofRun'])], unfolds: 'folded' };
    case 'file':
      return fileFace(node);
    case 'task':
      return taskFace(node.task, around);
  }
}

function runFace(run: Run, { now, several }: Around): Face {
  const words = [state(run.status)];
  if (run.status === 'running') {
    words.push(progress(run));
  }
  words.push(run.ended_at == null ? (run.started_at == null ? '' : duration(Math.max(0, now - Date.parse(run.started_at)))) : ago(run.ended_at, now));
  if (several) {
    words.push(path.basename(run.repo));
  }
  return {
    label: title(run),
    description: words.filter((word) => word !== '').join(' · '),
    tooltip: runTooltip(run),
    look: look(run.status),
    tags: ['run', run.status, ...has(run.result_branch, 'result'), ...has(run.workflow_file, 'workflow'), ...(run.steps.some(failed) ? ['retryable'] : [])],
    unfolds: run.status === 'running' || run.status === 'needs_input' ? 'open' : 'folded',
  };
}

function runTooltip(run: Run): string {
  const lines = [`**${plain(title(run))}** ${state(run.status)}`, `\`${run.run_id}\``, `${count(run.steps.length, 'step')}, begun ${new Date(run.created_at).toLocaleString()}`];
  if (run.result_branch != null) {
    lines.push(`branch \`${run.result_branch}\``);
  }
  return [...lines, ...why(run), ...(run.warnings ?? []).map((warning) => `$(warning) ${plain(warning)}`)].join('\n\n');
}

function stepFace(run: Run, step: Step, { word }: Around): Face {
  const said = step.status === 'running' ? word(run, step) : undefined;
  const share = said?.percentage === undefined ? '' : `${said.percentage} %`;
  const words = said ? [share, short(said.line, 80)] : [stepWord(step), step.error ? short(step.error.message, 80) : '', step.duration_ms > 0 ? duration(step.duration_ms) : ''];
  return {
    label: step.title || step.id,
    description: words.filter((one) => one !== '').join(' · '),
    tooltip: stepTooltip(step),
    look: look(step.status),
    tags: ['step', step.status, ...has(step.worktree, 'worktree'), ...has(step.branch, 'branch'), ...has(step.commit, 'changed'), ...(step.attempts.length > 0 ? ['log'] : [])],
    unfolds: step.attempts.length + step.artifacts.length + (step.finding_list ?? []).length > 0 || step.commit != null ? 'folded' : 'no',
    ...(step.attempts.length > 0 ? { click: 'showLog' } : {}),
  };
}

/** What the icon does not say. */
const stepWord = (step: Step): string => (['completed', 'waiting', 'running'].includes(step.status) ? '' : [state(step.status), step.class ? `(${step.class})` : ''].join(' ').trim());

function stepTooltip(step: Step): string {
  const lines = [`**${plain(step.title || step.id)}** ${state(step.status)}`, `\`\`\`text\n${step.command.slice(0, 400).replaceAll('```', "'''")}\n\`\`\``];
  if (step.needs.length > 0) {
    lines.push(`waits for ${step.needs.map((need) => `\`${need}\``).join(', ')}`);
  }
  if (step.backend != null) {
    lines.push(`back end \`${step.backend}\``);
  }
  lines.push(...step.passed_over.map(({ backend, reason }) => `passed over \`${backend}\`: ${plain(reason)}`));
  if (step.branch != null) {
    lines.push(`branch \`${step.branch}\``);
  }
  if (step.reason != null) {
    lines.push(plain(step.reason));
  }
  return [...lines, ...why(step), ...step.conflicts.map(({ path: file, steps }) => `conflict in \`${file}\` of ${steps.join(', ')}`)].join('\n\n');
}

function attemptFace(attempt: Attempt, click: string): Face {
  const words = [state(attempt.status), attempt.class ? `(${attempt.class})` : '', attempt.ended_at == null ? '' : duration(Date.parse(attempt.ended_at) - Date.parse(attempt.started_at))];
  const memory = attempt.peak_rss_bytes > 0 ? [`peak memory ${Math.round(attempt.peak_rss_bytes / 1048576)} MiB, processor time ${duration(attempt.cpu_ms)}`] : [];
  const left = attempt.leaked_processes.length > 0 ? [`processes it left behind: ${plain(attempt.leaked_processes.join(', '))}`] : [];
  return {
    label: `Attempt ${attempt.attempt}`,
    description: words.filter((word) => word !== '').join(' · ').replace(' · (', ' ('),
    tooltip: [`**Attempt ${attempt.attempt}** ${state(attempt.status)}`, `begun ${new Date(attempt.started_at).toLocaleString()}`, ...why(attempt), ...memory, ...left].join('\n\n'),
    look: look(attempt.status),
    tags: ['attempt', attempt.status],
    unfolds: 'no',
    click,
  };
}

function findingFace({ finding }: Extract<Node, { kind: 'finding' }>): Face {
  const place = finding.path == null ? '' : `${finding.path}${finding.line == null ? '' : `:${finding.line}`}`;
  return {
    label: finding.message,
    description: [finding.code, place].filter((word) => word !== '').join(' · '),
    tooltip: [plain(finding.message), `\`${finding.code}\`${place && ` in \`${place}\``}`].join('\n\n'),
    look: severityLook(finding.severity),
    tags: ['finding', ...has(finding.path, 'place')],
    unfolds: 'no',
    click: 'openFinding',
  };
}

function fileFace({ change, refused, step }: Extract<Node, { kind: 'file' }>): Face {
  const lines = change.added == null ? 'binary' : `+${change.added} −${change.removed ?? 0}`;
  return {
    label: path.basename(change.path),
    description: [refused ? 'refused' : '', change.status, lines, folder(change.path)].filter((word) => word !== '').join(' · ').replace(/\/$/, ''),
    look: { icon: 'file' },
    tags: ['file', change.status, ...(step ? ['ofStep'] : ['ofRun']), refused ? 'refused' : 'open'],
    unfolds: 'no',
    click: 'showFileDiff',
  };
}

function taskFace(task: Task, { now }: Around): Face {
  return {
    label: short(task.command, 80),
    description: [state(task.status), task.ended_at == null ? '' : ago(task.ended_at, now)].filter((word) => word !== '').join(' · '),
    tooltip: [`**Task** ${state(task.status)}`, `\`${task.task_id}\``, ...why(task)].join('\n\n'),
    look: look(task.status),
    tags: ['task', task.status, ...(task.attempts.length > 0 ? ['log'] : [])],
    unfolds: task.attempts.length > 0 ? 'folded' : 'no',
    ...(task.attempts.length > 0 ? { click: 'showLog' } : {}),
  };
}

const failed = (step: Step): boolean => step.status === 'failed' || step.status === 'skipped' || step.status === 'cancelled' || step.status === 'unverified';

function why({ error }: Pick<Run | Step | Attempt | Task, 'error'>): string[] {
  const on = error ? way(error) : undefined;
  return error ? [`$(error) ${plain(error.message)}`, ...(on === undefined ? [] : [`$(lightbulb) ${plain(on)}`])] : [];
}

function counts({ findings: { error, warning, info } }: Step): string {
  const words = [error > 0 ? count(error, 'error') : '', warning > 0 ? count(warning, 'warning') : '', info > 0 ? `${info} info` : ''];
  return words.filter((word) => word !== '').join(', ');
}

const has = (value: unknown, tag: string): string[] => (value == null ? [] : [tag]);

const folder = (file: string): string => (path.dirname(file) === '.' ? '' : `${path.dirname(file)}/`);
