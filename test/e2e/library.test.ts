import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../helpers/run.js';

// Compiles the programs of README.md and docs/library.md in a new project with the settings of `tsc --init`, and runs
// them in their order.

const root = fileURLToPath(new URL('../..', import.meta.url));
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const project = temporaryFolder();
const node = (...args: string[]) => spawnSync(process.execPath, args, { cwd: project, encoding: 'utf8' });

const programs = ['README.md', 'docs/library.md'].flatMap((page) =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)].map(([, source], i) => ({
    name: `${page.replace(/\W/g, '-')}-${i}`,
    source,
  })),
);

beforeAll(() => {
  expect(node(tsc, '--init').status).toBe(0);
  const config = readFileSync(join(project, 'tsconfig.json'), 'utf8');
  expect(config).toMatch(/^ *"noUncheckedIndexedAccess": true/m);
  expect(config).toMatch(/^ *"types": \[\]/m);
  // The settings that the comments of tsconfig.json advise for Node.js.
  writeFileSync(join(project, 'tsconfig.json'), config.replace('"types": []', '"types": ["node"]'));
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
  mkdirSync(join(project, 'node_modules', '@types'), { recursive: true });
  symlinkSync(root, join(project, 'node_modules', 'gd-train'));
  for (const name of ['node', '../undici-types']) {
    symlinkSync(join(root, 'node_modules', '@types', name), join(project, 'node_modules', '@types', name));
  }
  for (const { name, source } of programs) writeFileSync(join(project, `${name}.ts`), source);
  copyFileSync(join(root, 'test', 'golden', 'pictures', '2-phone.jpg'), join(project, 'two.jpg'));
});

test('the programs compile', () => {
  const { status, stdout } = node(tsc);
  expect([stdout, status]).toEqual(['', 0]);
});

test('programs that do not use Node.js compile without its types', () => {
  const plain = programs.filter(({ source }) => !source.includes("'node:")).map(({ name }) => `${name}.ts`);
  const config = { extends: './tsconfig.json', compilerOptions: { types: [], noEmit: true }, files: plain };
  writeFileSync(join(project, 'plain.json'), JSON.stringify(config));
  const { status, stdout } = node(tsc, '-p', 'plain.json');
  expect([stdout, status]).toEqual(['', 0]);
});

test.each(programs)('$name prints what its comments say', ({ name, source }) => {
  const { status, stdout, stderr } = node(`${name}.js`);
  expect([status, stderr]).toEqual([0, '']);
  const comments = [...source.matchAll(/console\.log\(.*\);(?: \/\/ (.*))?$/gm)].map(([, comment]) => comment);
  expect(stdout.trim().split('\n')).toEqual(comments);
});
