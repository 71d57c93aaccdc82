// Bundles src/calculus/libraries.ts with its imports into dist/calculus/libraries.js, in place of the output of tsc, so
// that users install neither mathjs nor decimal.js. Writes the licences of the bundled packages beside it. Part of `npm
// run build`.
import { build } from 'esbuild';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const OUT = 'dist/calculus/libraries.js';
const { metafile } = await build({
  entryPoints: ['src/calculus/libraries.ts'],
  outfile: OUT,
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  legalComments: 'none', // the licences are written whole, below
  metafile: true,
  logLevel: 'warning',
});

const [{ inputs }] = Object.values(metafile.outputs);
const used = Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
const folders = new Set(used.flatMap(([path]) => path.match(/^.*node_modules\/(@[^/]+\/)?[^/]+/)?.[0] ?? []));
const licences = [...folders].sort().map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice)(\.|$)/i.test(file));
  if (files.length === 0) throw new Error(`${name} has no licence file`);
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return [`${name} ${version} (${license})`, ...texts].join('\n\n');
});
writeFileSync(OUT.replace(/\.js$/, '.LICENSE.txt'), `${licences.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`);
