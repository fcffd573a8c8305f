//! Runs without the findings that a person dismissed. Pure.

import type { Run, Step } from '../generated/protocol';

/** The same run where nothing of it was dismissed. */
export function without(run: Run, dismissed: ReadonlySet<string>): Run {
  return dismissed.size === 0 ? run : { ...run, steps: run.steps.map((step) => ofStep(step, dismissed)) };
}

function ofStep(step: Step, dismissed: ReadonlySet<string>): Step {
  const all = step.finding_list ?? [];
  const left = all.filter(({ id }) => id === undefined || !dismissed.has(id));
  if (left.length === all.length) {
    return step;
  }
  const gone = (severity: string) => all.filter((one) => !left.includes(one) && one.severity === severity).length;
  const { error, warning, info } = step.findings;
  return { ...step, finding_list: left, findings: { error: error - gone('error'), warning: warning - gone('warning'), info: info - gone('info') } };
}
