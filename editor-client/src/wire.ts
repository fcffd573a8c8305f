//! What the language server and the extension say to each other beyond LSP: each row of the method table as the
//! request `offshoot/<name>`, and two notifications.

import type { Event, Error as WireError, Methods } from './generated/protocol';

/** A name of the method table. */
export type Method = keyof Methods;

/** Everything that can be asked. Views take this, so that tests can bring a fake. */
export interface Api {
  call<M extends Method>(method: M, params: Methods[M]['params']): Promise<Methods[M]['result']>;
}

/** The request of a row. */
export const request = (method: Method): string => `offshoot/${method}`;

/** Notification: something happened in a run. */
export const EVENT = 'offshoot/event';

/** Notification: how it stands between the language server and the daemon. */
export const STATUS = 'offshoot/status';

/** Notification to the server: the person's word on the workspace changed. */
export const TRUST = 'offshoot/trust';

/** Parameters of {@link STATUS}. */
export interface DaemonStatus {
  state: 'starting' | 'connected' | 'lost' | 'unavailable';
  message?: string | null;
  daemon_version?: string | null;
  pid?: number | null;
}

export type { Event };

/** An answer that is an error, as people are told of it. */
export interface Failure {
  /** The kind, where it is an error of ours. */
  kind?: WireError['kind'];
  message: string;
  hint?: string;
}

/** Reads what a rejected request carries: `data` of the JSON-RPC error is an error of the wire. */
export function failure(error: unknown): Failure {
  if (!(error instanceof Error)) {
    return { message: String(error) };
  }
  const data = 'data' in error ? error.data : undefined;
  if (typeof data !== 'object' || data === null || !('kind' in data) || !('message' in data)) {
    return { message: error.message };
  }
  const { kind, message, hint } = data as WireError;
  return { kind, message, ...(hint ? { hint } : {}) };
}

/** A failure as one sentence or two. */
export function sentence({ message, hint }: Failure): string {
  const whole = message.charAt(0).toUpperCase() + message.slice(1);
  return hint ? `${whole}. ${hint.charAt(0).toUpperCase() + hint.slice(1)}.`.replace(/\.\.$/, '.') : whole;
}
