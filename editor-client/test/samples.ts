//! Runs and steps for tests.

import type { Attempt, Run, Step } from '../src/generated/protocol';

export function attempt(more: Partial<Attempt> = {}): Attempt {
  return { attempt: 1, status: 'completed', started_at: '2026-11-20T10:00:00.000Z', ended_at: '2026-11-20T10:00:02.000Z', peak_rss_bytes: 0, cpu_ms: 0, leaked_processes: [], ...more };
}

export function step(id: string, more: Partial<Step> = {}): Step {
  return {
    id,
    title: id,
    command: `make ${id}`,
    status: 'completed',
    needs: [],
    passed_over: [],
    attempts: [],
    outputs: {},
    artifacts: [],
    conflicts: [],
    findings: { error: 0, warning: 0, info: 0 },
    duration_ms: 0,
    ...more,
  };
}

export function run(more: Partial<Run> = {}): Run {
  return {
    run_id: 'demo-k2v7n4q1',
    workflow_id: 'demo',
    workflow_file: '/repo/workflows/demo.yaml',
    status: 'running',
    created_at: '2026-11-20T10:00:00.000Z',
    started_at: '2026-11-20T10:00:00.000Z',
    duration_ms: 3000,
    repo: '/repo',
    base_commit: 'b'.repeat(40),
    steps: [],
    ...more,
  };
}
