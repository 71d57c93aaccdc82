import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../helpers/run.js';

// Installs the package of `npm pack` into an empty project, as a user would, and tests its two bins and its library.

const root = fileURLToPath(new URL('../..', import.meta.url));
const project = temporaryFolder();
const npm = (args: string[], cwd: string) =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
let packed: string[] = [];

beforeAll(() => {
  // --ignore-scripts: pack the build that is tested, and do not make another.
  const [{ filename, files }] = JSON.parse(
    npm(['pack', '--json', '--ignore-scripts', '--pack-destination', project], root),
  ) as { filename: string; files: { path: string }[] }[];
  packed = files.map(({ path }) => path);
  writeFileSync(join(project, 'package.json'), '{ "name": "a-user", "private": true, "type": "module" }');
  npm(['install', '--omit=optional', '--prefer-offline', '--no-audit', '--no-fund', `./${filename}`], project);
});

const inProject = (command: string, ...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: project,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return { status, stdout, stderr };
};

test('only the files that are needed are packed', () => {
  const folders = new Set(packed.map((path) => (path.includes('/') ? path.split('/')[0] : '')));
  expect([...folders].sort()).toEqual(['', 'bin', 'data', 'dist', 'docs', 'setup', 'src']);
  expect(packed).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json', 'dist/index.d.ts']));
  expect(packed.filter((path) => path.endsWith('.wasm'))).toEqual(['dist/kernels/kernel.wasm']);
  expect(readdirSync(join(project, 'node_modules', '.bin'))).toEqual(expect.arrayContaining(['gd', 'gd-train']));
});

test.each(['gd', 'gd-train'])('the bin %s runs', (name) => {
  const bin = join(project, 'node_modules', '.bin', name);
  expect(inProject(bin, 'gradient', '--at', '3,4', '--quiet')).toEqual({ status: 0, stdout: '[6. 8.]\n', stderr: '' });
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  expect(inProject(bin, '--version').stdout).toBe(`${version}\n`);
});

test('train and evaluate work with the included MNIST', () => {
  const bin = join(project, 'node_modules', '.bin', 'gd-train');
  const trained = inProject(bin, 'train', '--iters', '60', '--save', 'm', '--json', '--quiet');
  expect(trained.status).toBe(0);
  const { testAccuracy } = JSON.parse(trained.stdout) as { testAccuracy: number };
  expect(inProject(bin, 'evaluate', 'm', '--quiet', '--expect', `test_accuracy==${testAccuracy}`)).toEqual({
    status: 0,
    stdout: `${testAccuracy}\n`,
    stderr: '',
  });
});

test('the library has types that compile without those of Node.js and without skipLibCheck', () => {
  mkdirSync(join(project, 'src'));
  writeFileSync(
    join(project, 'src', 'use.ts'),
    `import { DEFAULTS, loadDataset, newTraining, numericalGradient, openEngine, train } from 'gd-train';
import type { Dataset, HyperParameters, Training, TrainingEvent } from 'gd-train';

const gradient: Float64Array = numericalGradient(([x0, x1]) => x0 ** 2 + x1 ** 2, Float64Array.of(3, 4));
const data: { train: Dataset; test: Dataset } = loadDataset();
const hyperParameters: HyperParameters = { ...DEFAULTS, iterations: 3, hiddenSize: 5 };
const training: Training = newTraining(hyperParameters, data.train.inputSize);
const seen: TrainingEvent['type'][] = [];
for await (const event of train(training, data, await openEngine('backprop'))) seen.push(event.type);
// @ts-expect-error there is no such engine
void (() => openEngine('magic'));
export const result: string = \`\${gradient.length} \${seen.join()}\`;
`,
  );
  const compilerOptions = { strict: true, target: 'es2022', module: 'nodenext', types: [], outDir: 'out' };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
  const compiled = inProject(process.execPath, join(root, 'node_modules', 'typescript', 'bin', 'tsc'));
  expect(compiled).toEqual({ status: 0, stdout: '', stderr: '' });
  const print = "import('./out/use.js').then(({ result }) => console.log(result))";
  const { stdout, stderr } = inProject(process.execPath, '-e', print);
  expect([stdout, stderr]).toEqual(['2 start,step,step,step,accuracy\n', '']);
});
