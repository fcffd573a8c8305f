//! For which machine a program was built, from its first bytes. Pure. It is looked at before the program is run,
//! because a start of a foreign one does not fail cleanly: the C library hands the file to a shell.

/** What a file is. */
export type Format =
  | { kind: 'script' }
  | { kind: 'native'; system: 'linux' | 'darwin' | 'win32'; processors: readonly string[] }
  | { kind: 'unknown' };

/** How many bytes {@link format} wants to see. */
export const HEAD = 4096;

const ELF_PROCESSORS: Record<number, string> = { 0x03: 'ia32', 0x28: 'arm', 0x3e: 'x64', 0xb7: 'arm64', 0xf3: 'riscv64' };
const MACH_PROCESSORS: Record<number, string> = { 0x01000007: 'x64', 0x0100000c: 'arm64' };

/** Reads the head of a file. Processors are named as node names them. */
export function format(head: Buffer): Format {
  if (head.subarray(0, 2).toString('latin1') === '#!') {
    return { kind: 'script' };
  }
  if (head.length < 20) {
    return { kind: 'unknown' };
  }
  const magic = head.readUInt32BE(0);
  if (magic === 0x7f454c46) {
    const machine = head[5] === 2 ? head.readUInt16BE(18) : head.readUInt16LE(18);
    return { kind: 'native', system: 'linux', processors: [ELF_PROCESSORS[machine] ?? `ELF machine ${machine}`] };
  }
  if (magic === 0xcffaedfe) {
    return { kind: 'native', system: 'darwin', processors: [mach(head.readUInt32LE(4))] };
  }
  if (magic === 0xcafebabe) {
    return { kind: 'native', system: 'darwin', processors: slices(head) };
  }
  if (head.subarray(0, 2).toString('latin1') === 'MZ') {
    return { kind: 'native', system: 'win32', processors: [] };
  }
  return { kind: 'unknown' };
}

/** Whether a file can run here. */
export function fits(of: Format, system: string, processor: string): boolean {
  switch (of.kind) {
    case 'script':
      return true;
    case 'native':
      return of.system === system && of.processors.includes(processor);
    case 'unknown':
      return false;
  }
}

/** For people: `Linux on x64`. */
export function describe(system: string, processor: string): string {
  const names: Record<string, string> = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' };
  return `${names[system] ?? system}${processor === '' ? '' : ` on ${processor}`}`;
}

// A universal program of macOS lists its parts: 20 bytes each, after a head of 8.
function slices(head: Buffer): string[] {
  const count = Math.min(head.readUInt32BE(4), Math.floor((head.length - 8) / 20));
  return Array.from({ length: count }, (_, index) => mach(head.readUInt32BE(8 + 20 * index)));
}

const mach = (processor: number): string => MACH_PROCESSORS[processor] ?? `Mach-O processor ${processor}`;
