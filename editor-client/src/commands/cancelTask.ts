//! “Cancel Task”: one that is no step of a run.

import type { Command } from './command';
import { whichTask } from './pick';

export const cancelTask: Command = {
  name: 'cancelTask',
  async run(context, given) {
    const { task_id } = await whichTask(context, given, { title: 'Cancel Task', fits: ({ ended_at }) => ended_at == null, none: 'no task is under way' });
    await context.server.call('task.cancel', { task_id });
  },
};
