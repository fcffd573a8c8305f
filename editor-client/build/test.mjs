// Bundles the tests of the parts that need no editor, and runs them with node's runner.
//
//   npm test                all of them
//   npm test -- words       those of test/words.test.ts
import * as esbuild from 'esbuild';
import { spawn } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const wanted = process.argv.slice(2);
const all = (await readdir(path.join(root, 'test'))).filter((file) => file.endsWith('.test.ts'));
const files = all.filter((file) => wanted.length === 0 || wanted.some((name) => file.includes(name)));
await rm(path.join(root, 'out'), { recursive: true, force: true });
await esbuild.build({
  absWorkingDir: root,
  entryPoints: files.map((file) => `test/${file}`),
  outdir: 'out/test',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  sourcemap: 'inline',
  logLevel: 'warning',
  // There is no editor: a part that needs one fails at once.
  external: ['vscode'],
});
const args = ['--enable-source-maps', '--test', '--test-reporter=spec', ...files.map((file) => path.join('out', 'test', file.replace(/\.ts$/, '.js')))];
spawn(process.execPath, args, { cwd: root, stdio: 'inherit' }).on('exit', (code) => {
  process.exitCode = code ?? 1;
});
