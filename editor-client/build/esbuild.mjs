// Bundles the extension (for node) and the page of a run (for a webview) into dist/.
import * as esbuild from 'esbuild';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const common = (production) => ({
  absWorkingDir: root,
  bundle: true,
  minify: production,
  sourcemap: !production,
  legalComments: 'none', // they are in THIRD-PARTY-LICENCES.txt, whole
  logLevel: 'warning',
  logOverride: { 'empty-import-meta': 'error' },
  metafile: true,
});

/** Bundles everything, small for a package; the answer names the files that went in. */
export async function bundle({ production }) {
  await rm(new URL('../dist', import.meta.url), { recursive: true, force: true });
  const built = await Promise.all([
    esbuild.build({
      ...common(production),
      entryPoints: { extension: 'src/extension.ts' },
      outdir: 'dist',
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      external: ['vscode'],
    }),
    esbuild.build({
      ...common(production),
      entryPoints: { page: 'src/page/web/page.ts', style: 'src/page/web/page.css' },
      outdir: 'dist',
      platform: 'browser',
      target: 'es2022',
      format: 'iife',
      loader: { '.ttf': 'file' },
      assetNames: '[name]',
    }),
  ]);
  const warnings = built.flatMap((one) => one.warnings);
  if (warnings.length > 0) {
    throw new Error('esbuild warned; warnings are errors here');
  }
  return built.flatMap((one) => Object.keys(one.metafile.inputs));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await bundle({ production: process.argv.includes('--production') });
}
