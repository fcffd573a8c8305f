//! “Retry Task”: one that is no step of a run.

import type { Command } from './command';
import { whichTask } from './pick';

export const retryTask: Command = {
  name: 'retryTask',
  async run(context, given) {
    const { task_id } = await whichTask(context, given, { title: 'Retry Task', fits: ({ ended_at }) => ended_at != null, none: 'no task has ended' });
    await context.server.call('task.retry', { task_id });
  },
};
