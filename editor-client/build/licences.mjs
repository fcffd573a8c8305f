// Writes the licences of everything that is in a package: npm packages in the bundle, crates in the server.
import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';

const run = promisify(execFile);
const client = fileURLToPath(new URL('..', import.meta.url));
const repository = path.dirname(path.resolve(client));

/** One text: a list of what is there, then each licence text once with those it holds for. */
export async function licences(bundled, target) {
  const parts = [...(await packages(bundled)), ...(await crates(target))];
  const bare = parts.filter((part) => part.licence === '');
  if (bare.length > 0) {
    throw new Error(`no licence is known of ${bare.map(named).join(', ')}`);
  }
  const list = parts.map((part) => `${named(part)}: ${part.licence}`);
  const texts = new Map();
  for (const part of parts) {
    for (const text of part.texts) {
      texts.set(text, [...(texts.get(text) ?? []), named(part)]);
    }
  }
  const whole = [...texts].map(([text, of]) => `${'-'.repeat(80)}\n${wrapped(of)}\n\n${text}\n`);
  return `This package contains works of others.\n\n${list.join('\n')}\n\n${whole.join('\n')}`;
}

const named = ({ name, version }) => `${name} ${version}`;

// Names in lines of a width that can be read.
const wrapped = (names) => names.join(', ').replace(/(.{1,100})(, |$)/g, '$1,\n').replace(/,\n$/, '');

/** The npm packages that files of the bundle are from. */
async function packages(bundled) {
  const folders = new Set(bundled.map((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]).filter(Boolean));
  return await Promise.all(
    [...folders].sort().map(async (folder) => {
      const { name, version, license } = JSON.parse(await readFile(path.join(client, folder, 'package.json'), 'utf8'));
      return { name, version, licence: license ?? '', texts: await textsIn(path.join(client, folder)) };
    }),
  );
}

/** The crates that the server is built of, for a target as rustc names it. */
async function crates(target) {
  const options = ['metadata', '--format-version', '1', '--locked', '--filter-platform', target];
  const { stdout } = await run('cargo', options, { cwd: repository, maxBuffer: 64 * 1024 * 1024 });
  const { packages: all, resolve } = JSON.parse(stdout);
  const byId = new Map(all.map((one) => [one.id, one]));
  const nodes = new Map(resolve.nodes.map((node) => [node.id, node]));
  const wanted = new Set();
  const visit = (id) => {
    if (!wanted.has(id)) {
      wanted.add(id);
      // Only what is linked: neither what builds it nor what tests it.
      nodes.get(id).deps.filter((dep) => dep.dep_kinds.some((one) => one.kind === null)).forEach((dep) => visit(dep.pkg));
    }
  };
  visit(all.find((one) => one.name === 'offshoot' && one.source === null).id);
  const foreign = [...wanted].map((id) => byId.get(id)).filter((one) => one.source !== null);
  foreign.sort((a, b) => a.name.localeCompare(b.name) || a.version.localeCompare(b.version));
  return await Promise.all(
    foreign.map(async ({ name, version, license, manifest_path }) => ({ name, version, licence: license ?? '', texts: await textsIn(path.dirname(manifest_path)) })),
  );
}

// Sources that a crate carries along (C libraries) have theirs one or two folders below.
async function textsIn(folder, depth = 2) {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((one) => one.isFile() && /^(licen[cs]e|copying|notice|unlicense)/i.test(one.name) && !/\.(rs|js|ts)$/.test(one.name));
  const texts = await Promise.all(files.map((one) => readFile(path.join(folder, one.name), 'utf8')));
  const below = depth === 0 ? [] : entries.filter((one) => one.isDirectory() && one.name !== 'node_modules');
  const deeper = await Promise.all(below.map((one) => textsIn(path.join(folder, one.name), depth - 1)));
  return [...new Set([...texts.map((text) => text.replaceAll('\r\n', '\n').trim()), ...deeper.flat()])].filter((text) => text !== '').sort();
}
