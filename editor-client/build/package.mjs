// Makes the package of one platform: extension, server, licences -> offshoot-<version>-<platform>.vsix.
//
//   npm run package                        for this machine; builds the server with cargo
//   OFFSHOOT_BINARY=… npm run package      takes this server; OFFSHOOT_TARGET=darwin-arm64 says what it is for
import { createVSIX } from '@vscode/vsce';
import { spawn } from 'node:child_process';
import { chmod, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './esbuild.mjs';
import { licences } from './licences.mjs';

const client = fileURLToPath(new URL('..', import.meta.url));
const repository = path.dirname(path.resolve(client));

// As editors name platforms, and as rustc does.
const TARGETS = {
  'linux-x64': 'x86_64-unknown-linux-gnu',
  'linux-arm64': 'aarch64-unknown-linux-gnu',
  'darwin-x64': 'x86_64-apple-darwin',
  'darwin-arm64': 'aarch64-apple-darwin',
};

const platform = process.env.OFFSHOOT_TARGET ?? `${process.platform}-${process.arch}`;
const target = TARGETS[platform];
if (target === undefined) {
  throw new Error(`there is no package for ${platform}; there is one for ${Object.keys(TARGETS).join(', ')}`);
}

await placeServer(process.env.OFFSHOOT_BINARY ?? (await build()));
const bundled = await bundle({ production: true });
await writeFile(path.join(client, 'THIRD-PARTY-LICENCES.txt'), await licences(bundled, target));
await writeFile(path.join(client, 'LICENSE.txt'), await ours());
const { version } = JSON.parse(await readFile(path.join(client, 'package.json'), 'utf8'));
const packagePath = path.join(client, `offshoot-${version}-${platform}.vsix`);
await createVSIX({ cwd: client, target: platform, packagePath, dependencies: false, allowMissingRepository: true, skipLicense: false });
console.log(packagePath);

/** The release build of the workspace. */
async function build() {
  if (process.env.OFFSHOOT_TARGET !== undefined) {
    throw new Error('OFFSHOOT_TARGET goes with OFFSHOOT_BINARY: a server for another machine is built elsewhere');
  }
  await started('cargo', ['build', '--release', '--locked', '-p', 'offshoot']);
  return path.join(process.env.CARGO_TARGET_DIR ?? path.join(repository, 'target'), 'release', 'offshoot');
}

async function placeServer(binary) {
  const folder = path.join(client, 'server');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  await copyFile(path.resolve(binary), path.join(folder, 'offshoot'));
  // The package keeps it, and editors start what is in there.
  await chmod(path.join(folder, 'offshoot'), 0o755);
}

async function ours() {
  const [mit, apache] = await Promise.all(['LICENSE-MIT', 'LICENSE-APACHE'].map((name) => readFile(path.join(repository, name), 'utf8')));
  return `Offshoot is licensed under either of the MIT license and the Apache License, Version 2.0, as you like.\n\n${mit}\n${'-'.repeat(80)}\n\n${apache}`;
}

function started(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: repository, stdio: 'inherit' });
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${program} ${args.join(' ')} ended with ${code}`))));
  });
}
