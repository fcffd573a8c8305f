//! What the runs view is made of: its nodes, and which are below which. Pure.

import type { Artifact, Attempt, FileChange, Finding, Run, Step, Task } from '../generated/protocol';

/** A node; each carries what it is about, so that commands need nothing else. */
export type Node =
  | { kind: 'run'; run: Run }
  | { kind: 'step'; run: Run; step: Step }
  | { kind: 'attempt'; run: Run; step: Step; attempt: Attempt }
  | { kind: 'artifacts'; run: Run; step: Step }
  | { kind: 'artifact'; run: Run; step: Step; artifact: Artifact }
  | { kind: 'findings'; run: Run; step: Step }
  | { kind: 'finding'; run: Run; step: Step; finding: Finding; index: number }
  | { kind: 'changes'; run: Run; step?: Step }
  | { kind: 'file'; run: Run; step?: Step; change: FileChange; refused: boolean }
  | { kind: 'task'; task: Task }
  | { kind: 'taskAttempt'; task: Task; attempt: Attempt };

/** Whether what a command was called with is a node of the view. */
export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'kind' in value && ('run' in value || 'task' in value);
}

/** Stable over refreshes: what is unfolded stays so. */
export function id(node: Node): string {
  switch (node.kind) {
    case 'run':
      return node.run.run_id;
    case 'step':
      return `${node.run.run_id}/${node.step.id}`;
    case 'attempt':
      return `${node.run.run_id}/${node.step.id}#${node.attempt.attempt}`;
    case 'artifacts':
    case 'findings':
      return `${node.run.run_id}/${node.step.id}/${node.kind}`;
    case 'artifact':
      return `${node.run.run_id}/${node.step.id}/artifacts/${node.artifact.path}`;
    case 'finding':
      return `${node.run.run_id}/${node.step.id}/findings/${node.index}`;
    case 'changes':
      return `${node.run.run_id}/${node.step?.id ?? ''}/changes`;
    case 'file':
      return `${node.run.run_id}/${node.step?.id ?? ''}/changes/${node.change.path}`;
    case 'task':
      return node.task.task_id;
    case 'taskAttempt':
      return `${node.task.task_id}#${node.attempt.attempt}`;
  }
}

/** Nodes below one; the files of a difference are asked for apart. */
export function below(node: Node): Node[] {
  switch (node.kind) {
    case 'run':
      return belowRun(node.run);
    case 'step':
      return belowStep(node);
    case 'artifacts':
      return node.step.artifacts.map((artifact) => ({ ...node, kind: 'artifact', artifact }));
    case 'findings':
      return (node.step.finding_list ?? []).map((finding, index) => ({ ...node, kind: 'finding', finding, index }));
    case 'task':
      return node.task.attempts.map((attempt) => ({ kind: 'taskAttempt', task: node.task, attempt }));
    default:
      return [];
  }
}

/** The node above, so that a run or step can be shown where it is. */
export function above(node: Node): Node | undefined {
  switch (node.kind) {
    case 'run':
    case 'task':
      return undefined;
    case 'taskAttempt':
      return { kind: 'task', task: node.task };
    case 'step':
      return { kind: 'run', run: node.run };
    case 'artifact':
      return { kind: 'artifacts', run: node.run, step: node.step };
    case 'finding':
      return { kind: 'findings', run: node.run, step: node.step };
    case 'file':
      return node.step ? { kind: 'changes', run: node.run, step: node.step } : { kind: 'changes', run: node.run };
    case 'changes':
      return node.step ? { kind: 'step', run: node.run, step: node.step } : { kind: 'run', run: node.run };
    default:
      return { kind: 'step', run: node.run, step: node.step };
  }
}

// A submitted task is a run of one step: the step would only say the same again.
function belowRun(run: Run): Node[] {
  const only = run.steps.length === 1 && run.workflow_file == null ? run.steps[0] : undefined;
  if (only) {
    return belowStep({ kind: 'step', run, step: only });
  }
  const steps = run.steps.map((step): Node => ({ kind: 'step', run, step }));
  return run.result_commit == null ? steps : [...steps, { kind: 'changes', run }];
}

function belowStep({ run, step }: Extract<Node, { kind: 'step' }>): Node[] {
  const nodes: Node[] = step.attempts.map((attempt) => ({ kind: 'attempt', run, step, attempt }));
  if (step.commit != null) {
    nodes.push({ kind: 'changes', run, step });
  }
  if (step.artifacts.length > 0) {
    nodes.push({ kind: 'artifacts', run, step });
  }
  if ((step.finding_list ?? []).length > 0) {
    nodes.push({ kind: 'findings', run, step });
  }
  return nodes;
}
