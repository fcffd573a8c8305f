//! package.json says what the source does: commands, menus, settings, files.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';

// Tests run in the extension's folder.
const text = (file: string) => readFileSync(file, 'utf8');

interface Manifest {
  version: string;
  engines: { vscode: string };
  devDependencies: Record<string, string>;
  contributes: {
    commands: { command: string; title: string; category: string }[];
    menus: Record<string, { command: string; when?: string }[]>;
    viewsWelcome: { contents: string }[];
    walkthroughs: { steps: { description: string; media: { markdown: string }; completionEvents: string[] }[] }[];
    configuration: { properties: Record<string, { scope?: string }> };
  };
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
}

const manifest = JSON.parse(text('package.json')) as Manifest;
const { commands, menus, viewsWelcome, walkthroughs, configuration } = manifest.contributes;
const declared = commands.map(({ command }) => command);

// The table imports the editor; its names are read from the files.
const HELPERS = ['attempt', 'command', 'pick', 'pool', 'table', 'worktree'];
const names = readdirSync('src/commands')
  .map((file) => file.replace(/\.ts$/, ''))
  .filter((name) => !HELPERS.includes(name));

describe('commands', () => {
  test('each has a file, a line in the table and a title', () => {
    assert.deepEqual([...declared].sort(), names.map((name) => `offshoot.ui.${name}`).sort());
    const listed = /COMMANDS[^[]*\[\]? ?= \[([\s\S]*)\];/.exec(text('src/commands/table.ts'))?.[1] ?? '';
    assert.deepEqual(listed.match(/\w+/g)?.sort(), [...names].sort());
    for (const name of names) {
      assert.match(text(`src/commands/${name}.ts`), new RegExp(`name: '${name}'`));
    }
  });

  test('the palette offers all that the server can be asked', () => {
    const OTHERWISE: Record<string, string> = { submitTask: 'sendToBackground', applyStepToFile: 'applyStep' };
    const folder = '../server/lsp/src/commands';
    const asked = readdirSync(folder).flatMap((file) => /NAME: &str = "offshoot\.(\w+)"/.exec(text(`${folder}/${file}`))?.[1] ?? []);
    assert.ok(asked.length >= 15, asked.join());
    const hidden = (menus['commandPalette'] ?? []).filter(({ when }) => when === 'false').map(({ command }) => command);
    const offered = declared.filter((command) => !hidden.includes(command));
    assert.deepEqual(asked.map((name) => `offshoot.ui.${OTHERWISE[name] ?? name}`).filter((command) => !offered.includes(command)), []);
  });

  test('each stands in the category of the product', () => {
    assert.deepEqual(commands.filter(({ category, title }) => category !== 'Offshoot' || title === ''), []);
  });

  test('menus, welcome texts, walkthrough and source name only what is there', () => {
    const pages = [...viewsWelcome.map(({ contents }) => contents), ...walkthroughs.flatMap(({ steps }) => steps.flatMap((one) => [one.description, ...one.completionEvents]))];
    const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts')).map((file) => text(`src/${file}`));
    const named = [...Object.values(menus).flat().map(({ command }) => command), ...[...pages, ...sources].flatMap((page) => page.match(/offshoot\.ui\.\w+/g) ?? [])];
    assert.deepEqual([...new Set(named.filter((command) => !declared.includes(command)))], []);
  });
});

test('the walkthrough has its pages', () => {
  for (const { media } of walkthroughs.flatMap(({ steps }) => steps)) {
    assert.match(text(media.markdown), /^## /);
  }
});

describe('settings', () => {
  test('each is read somewhere, and none is read that is not declared', () => {
    const source = text('src/settings.ts');
    const read = [...source.matchAll(/get<[^>]+>\('([^']+)'\)/g)].map(([, key]) => `offshoot.${key}`);
    const own = Object.keys(configuration.properties).filter((key) => key !== 'offshoot.trace.server'); // read by the language client
    assert.deepEqual(read.sort(), own.sort());
  });

  test('a workspace that is not trusted sets nothing that is run', () => {
    const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    assert.ok(restrictedConfigurations.includes('offshoot.server.path'));
    assert.deepEqual(restrictedConfigurations.filter((key) => !(key in configuration.properties)), []);
  });
});

test('the editor that is asked for is the one whose types are used', () => {
  assert.equal(manifest.engines.vscode, `^${(JSON.parse(text('node_modules/@types/vscode/package.json')) as { version: string }).version}`);
});

test('the lockfile says no place that packages come from', () => {
  assert.ok(!text('package-lock.json').includes('"resolved"'));
});

test('extension and server have one version', () => {
  assert.match(text('../Cargo.toml'), new RegExp(`\\[workspace.package\\]\\nversion = "${manifest.version}"`));
});

test('every package has its reason', () => {
  const page = text('../docs/dependencies.md');
  assert.deepEqual(Object.keys(manifest.devDependencies).filter((name) => !page.includes(`\`${name}\``)), []);
});
