//! The page about the daemon: what it does, what waits, what it can enforce. Pure: Markdown from its answer.

import type { Reloaded, Settings, Status } from '../generated/protocol';
import { count, duration } from '../runs/words';

export function healthPage({ pid, version, uptime_s, mode, socket, pool, queue, enforcement, rss_bytes, tasks_per_minute, hand_off, problems = [] }: Status): string {
  const verdict = problems.length === 0 ? 'All is well.' : problems.map((problem) => `- **${problem}**`).join('\n');
  const paused = pool.paused ? `, **paused**${pool.reason == null ? '' : ` (${pool.reason})`}` : '';
  const waiting = hand_off.waiting.map(({ run_id, step_id, command_file }) => `- \`${step_id}\` of \`${run_id}\`: \`${command_file}\``);
  return [
    '# Health of Offshoot',
    verdict,
    table([
      ['daemon', `version ${version}, process ${pid}, ${mode}, up ${duration(uptime_s * 1000)}`],
      ['memory', `${Math.round(rss_bytes / 1048576)} MiB`],
      ['slots', `${pool.busy} of ${pool.size} busy${paused}`],
      ['queue', `${queue.queued} queued, ${queue.running} running, ${queue.blocked} blocked, ${queue.retry_wait} before another attempt`],
      ['oldest in the queue', duration(queue.oldest_s * 1000)],
      ['ended', `${queue.completed} completed, ${queue.failed} failed; ${tasks_per_minute} in the last minute`],
      ['limits', `process tree by ${enforcement.tree}, memory by ${enforcement.memory}, processor by ${enforcement.cpu}, writes by ${enforcement.writes}`],
      ['socket', `\`${socket}\``],
    ]),
    ...(waiting.length > 0 ? ['## Handed over, waiting for an agent', waiting.join('\n')] : []),
    '',
  ].join('\n\n');
}

export function settingsPage({ settings, diagnostics }: Settings): string {
  const rows = settings.map(({ key, value, origin, source, line, meaning }) => {
    const from = source == null ? origin : `${origin}: ${source}${line == null ? '' : `:${line}`}`;
    return [`\`${key}\``, `\`${JSON.stringify(value)}\``, cell(from), cell(meaning ?? '')];
  });
  const wrong = diagnostics.map(({ file, line, column, message }) => `- ${file}:${line}:${column}: ${message}`);
  return ['# Settings of Offshoot', ...(wrong.length > 0 ? ['## Problems', wrong.join('\n')] : []), table(rows, ['setting', 'value', 'from', 'means']), ''].join('\n\n');
}

/** What a reload of the settings came to, in one sentence. */
export function reloadedWords({ files, diagnostics }: Reloaded): string {
  const read = files.length === 0 ? 'There are no settings files' : `${count(files.length, 'settings file')} read`;
  return diagnostics.length === 0 ? `${read}.` : `${read}; ${count(diagnostics.length, 'problem')}: ${diagnostics[0]?.file}:${diagnostics[0]?.line}: ${diagnostics[0]?.message}`;
}

function table(rows: string[][], head: string[] = ['', '']): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map((row) => line(row.map(cell)))].join('\n');
}

const cell = (text: string): string => text.replaceAll(/(?<!\\)\|/g, '\\|').replaceAll('\n', ' ');
