//! A log as text: for a terminal, and without a terminal's control sequences. Pure.

/** A terminal wants both characters at the end of a line. */
export function forTerminal(text: string): string {
  return text.replace(/\r?\n/g, '\r\n');
}

/** What a person reads of it in an editor: no colours; of a line that was written over, the last state. */
export function readable(text: string): string {
  const bare = text
    // eslint-disable-next-line no-control-regex -- these are what is looked for
    .replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g, '');
  return bare
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => line.slice(line.lastIndexOf('\r', line.length - 2) + 1).replace(/\r$/, ''))
    .join('\n');
}

/** What stands between the head and the tail of a log. */
export function gap(bytes: number): string {
  return `\n[${bytes} bytes were not kept]\n`;
}
