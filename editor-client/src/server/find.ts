//! Goes through the places and takes the first program that is there.

import type { Candidate } from './locate';
import { nowhere, unusable, unsupported, type Problem } from './problem';
import { probe, type Probe } from './probe';

/** The server that was found, or why there is none. */
export type Found = { kind: 'server'; candidate: Candidate; version: string } | { kind: 'problem'; problem: Problem; candidate?: Candidate };

/** What it needs to know of this machine; tests bring their own. */
export interface Machine {
  system: string;
  processor: string;
  probe: (file: string) => Promise<Probe>;
}

export const thisMachine: Machine = { system: process.platform, processor: process.arch, probe };

/** A file that is there and cannot be used is told of, and not passed over: what comes after it may be anything. */
export async function find(places: readonly Candidate[], machine: Machine = thisMachine): Promise<Found> {
  const impossible = unsupported(machine.system);
  if (impossible) {
    return { kind: 'problem', problem: impossible };
  }
  for (const candidate of places) {
    const found = await machine.probe(candidate.file);
    if (found.kind === 'sound') {
      return { kind: 'server', candidate, version: found.version };
    }
    if (found.kind !== 'missing' || candidate.origin === 'setting') {
      return { kind: 'problem', problem: unusable(candidate, found, [machine.system, machine.processor]), candidate };
    }
  }
  return { kind: 'problem', problem: nowhere(places) };
}
