//! The daemon's socket, for asking what is so: tests compare what an editor shows with what the daemon says.

import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import type { Methods } from '../../../editor-client/src/generated/protocol.ts';

interface Answer {
  id?: number;
  result?: unknown;
  error?: { message: string; data?: unknown };
}

/** One call of the method table on a connection of its own. */
export async function call<M extends keyof Methods>(
  socket: string,
  method: M,
  params: Methods[M]['params'],
): Promise<Methods[M]['result']> {
  const connection = connect(socket);
  const calls = [
    { method: 'daemon.hello', params: { version: '0.0.0', protocol: 1 } },
    { method, params },
  ];
  for (const [id, one] of calls.entries()) connection.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...one })}\n`);
  try {
    for await (const line of createInterface({ input: connection })) {
      const { id, result, error } = JSON.parse(line) as Answer;
      if (error !== undefined) throw new Error(`${method}: ${error.message}`, { cause: error.data });
      if (id === calls.length - 1) return result as Methods[M]['result'];
    }
    throw new Error(`${method}: the daemon hung up`);
  } finally {
    connection.destroy();
  }
}
