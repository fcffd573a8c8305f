//! The icon and the colour of each state: codicons, and colours of the theme. Pure; `~spin` turns.

/** An icon by name and the id of a colour. */
export interface Look {
  icon: string;
  color?: string;
}

const LOOKS: Record<string, Look> = {
  queued: { icon: 'clock', color: 'descriptionForeground' },
  scheduled: { icon: 'calendar', color: 'descriptionForeground' },
  waiting: { icon: 'circle-outline', color: 'descriptionForeground' },
  blocked: { icon: 'circle-outline', color: 'descriptionForeground' },
  retry_wait: { icon: 'history', color: 'charts.yellow' },
  preparing: { icon: 'loading~spin', color: 'charts.blue' },
  starting: { icon: 'loading~spin', color: 'charts.blue' },
  running: { icon: 'loading~spin', color: 'charts.blue' },
  verifying: { icon: 'beaker', color: 'charts.blue' },
  completed: { icon: 'pass-filled', color: 'testing.iconPassed' },
  failed: { icon: 'error', color: 'testing.iconFailed' },
  dependency_failed: { icon: 'error', color: 'testing.iconFailed' },
  interrupted: { icon: 'debug-disconnect', color: 'charts.orange' },
  revoked: { icon: 'debug-disconnect', color: 'charts.orange' },
  skipped: { icon: 'debug-step-over', color: 'testing.iconSkipped' },
  cancelled: { icon: 'circle-slash', color: 'testing.iconSkipped' },
  needs_input: { icon: 'bell-dot', color: 'charts.yellow' },
  unverified: { icon: 'question', color: 'charts.yellow' },
};

/** Of a state of a run, step, task or attempt; a state of a later version gets a plain one. */
export function look(status: string): Look {
  return LOOKS[status] ?? { icon: 'circle-outline' };
}

/** Of a finding. */
export function severityLook(severity: string): Look {
  switch (severity) {
    case 'error':
      return { icon: 'error', color: 'problemsErrorIcon.foreground' };
    case 'warning':
      return { icon: 'warning', color: 'problemsWarningIcon.foreground' };
    default:
      return { icon: 'info', color: 'problemsInfoIcon.foreground' };
  }
}
