import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeDataset } from '../helpers/idx.js';
import { temporaryFolder } from '../helpers/run.js';
import { TFJS_NODE } from '#src/tensorflow/find.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The program as npm installs it, with all dependencies except tfjs-node. */
function installation(): string {
  const folder = temporaryFolder();
  for (const part of ['bin', 'dist', 'setup', 'package.json'])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  mkdirSync(join(folder, 'node_modules'));
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (name !== '@tensorflow') symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  }
  return folder;
}

function run(folder: string, args: string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'bin', 'gd-train.js'), ...args], {
    encoding: 'utf8',
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1', ...env },
  });
  return { status, stdout, stderr };
}

const NOT_INSTALLED = '@tensorflow/tfjs-node is not installed';
const onLinux = process.platform === 'linux' && process.arch === 'x64';
const remedy = onLinux ? 'gd-train doctor --fix' : `npm install --no-save ${TFJS_NODE}`;

describe('without tfjs-node', () => {
  const folder = installation();

  test('doctor prints what is missing, and the command that repairs it', () => {
    const { status, stdout, stderr } = run(folder, ['doctor']);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^gd-train \d+\.\d+\.\d+, Node v\d.*\n.* threads\n\n/);
    for (const engine of ['backprop', 'numerical', 'naive'])
      expect(stdout).toMatch(new RegExp(`^${engine} +works; f64`, 'm'));
    expect(stdout).toMatch(new RegExp(`^tfjs +fails; ${NOT_INSTALLED}\n +to repair it: ${remedy}\n$`, 'm'));
  });

  test('doctor --json says so too', () => {
    const { stdout } = run(folder, ['doctor', '--json']);
    const { node, simd, tensorflow, engines } = JSON.parse(stdout) as Record<string, unknown>;
    expect({ node, simd, tensorflow }).toEqual({ node: process.version, simd: true, tensorflow: null });
    const missing = { works: false, precisions: [], by: null, why: NOT_INSTALLED, remedy };
    expect(engines).toContainEqual({ engine: 'tfjs', ...missing });
  });

  test('--gradient tfjs fails in one line, and no file is changed', () => {
    const data = join(folder, 'data');
    writeDataset(data);
    writeFileSync(join(folder, 'log'), 'mine');
    const before = readdirSync(folder);
    const { status, stdout, stderr } = run(folder, [
      ...['train', '--data', data, '--gradient', 'tfjs', '--save', 'm', '--log', 'log'],
    ]);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toBe(`gd-train: --gradient tfjs does not work here: ${NOT_INSTALLED}; to install it: ${remedy}\n`);
    expect(readdirSync(folder)).toEqual(before);
    expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('mine');
  });

  test('in a checkout the remedy is the script of package.json', () => {
    if (!onLinux) return void console.log('skipped: there is no such script but for Linux x64');
    const checkout = installation();
    mkdirSync(join(checkout, 'src'));
    expect(run(checkout, ['doctor']).stdout).toContain('to repair it: npm run setup:tfjs-node\n');
    expect(readFileSync(join(ROOT, 'package.json'), 'utf8')).toContain('"setup:tfjs-node"');
  });
});

test('on machines other than Linux x64 nothing is downloaded', () => {
  const elsewhere =
    'import os from "node:os"; import { syncBuiltinESMExports } from "node:module"; os.arch = () => "s390x"; syncBuiltinESMExports();';
  const { status, stderr } = run(installation(), ['doctor', '--fix'], {
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(elsewhere)}`,
  });
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(/^gd-train: .* on Linux x64 only.* s390x: try npm install .*\n$/),
  ]);
});

test('all files name the same version of tfjs-node', () => {
  const versionIn = (file: string, kind: string) =>
    (JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as Record<string, Record<string, string>>)[kind][
      '@tensorflow/tfjs-node'
    ];
  const version = versionIn('package.json', 'optionalDependencies');
  expect(versionIn('setup/package.json', 'dependencies')).toBe(version);
  expect(TFJS_NODE).toBe(`@tensorflow/tfjs-node@${version}`);
});

const REAL_PYTHON = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], {
  encoding: 'utf8',
}).stdout.trim();

/** The tools that `doctor --fix` needs, as shell scripts that succeed, fail or are missing; `pip` is `python3 -m pip`. */
function tools({ pip = '', python3, ...scripts }: Record<string, string>): string {
  const folder = temporaryFolder();
  const python = python3 ?? `[ "$1" = -m ] || exec ${REAL_PYTHON} "$@"\n${pip}`;
  const all = { python3: python, npm: '', make: '', 'g++': '', ...scripts };
  for (const [name, script] of Object.entries(all)) {
    if (script !== 'missing') writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return folder;
}

/** Puts a file that is not a wheel where pip should put TensorFlow. */
const FETCH =
  'while [ $# -gt 1 ]; do [ "$1" = --dest ] && /bin/mkdir -p "$2" && echo cut > "$2/tensorflow.whl"; shift; done';

(onLinux ? describe : describe.skip)('doctor --fix says in one line why it failed', () => {
  if (!onLinux) console.log('skipped tests of doctor --fix: it is for Linux x64');

  test.each([
    ['no Python', { python3: 'missing' }, /python3 is not on the PATH: install Python 3 with pip/],
    ['no pip', { pip: 'echo "No module named pip" >&2; exit 1' }, /python3 has no pip: .* \(No module named pip\)/],
    ['no compiler', { 'g++': 'missing' }, /g\+\+ is not on the PATH: install make and a C\+\+ compiler/],
    ['no make', { make: 'missing' }, /make is not on the PATH/],
    ['no npm', { npm: 'missing' }, /npm is not on the PATH/],
    [
      'no network for npm',
      { npm: 'echo "npm error ENOTFOUND" >&2; exit 1' },
      /npm could not fetch tfjs-node: check the network.* \(npm error ENOTFOUND\)/,
    ],
    [
      'no network for pip',
      { pip: '[ "$4" ] || exit 0; echo "ERROR: No matching distribution found" >&2; exit 1' },
      /pip could not fetch TensorFlow: check the network.* \(ERROR: No matching/,
    ],
    [
      'a wheel that is no archive',
      { pip: FETCH },
      /tensorflow\.whl could not be unpacked.* \(File is not a zip file\)/,
    ],
  ])('%s', (_, scripts, why) => {
    const folder = installation();
    const { status, stdout, stderr } = run(folder, ['doctor', '--fix', '--quiet'], { PATH: tools(scripts) });
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(new RegExp(`^gd-train: ${why.source}.*\n$`));
    expect(existsSync(join(folder, '.tfjs-node'))).toBe(false);
    expect(existsSync(join(folder, '.tfjs-node.partial'))).toBe(false);
    expect(run(folder, ['doctor']).stdout).toContain(NOT_INSTALLED); // an incomplete build is not used
  });

  test('a TensorFlow with another hash is refused by the real pip', () => {
    const wheels = temporaryFolder();
    const name = 'tensorflow_cpu-2.15.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl';
    writeFileSync(join(wheels, name), 'something else');
    const { status, stderr } = run(installation(), ['doctor', '--fix', '--quiet'], {
      PATH: tools({ pip: `exec ${REAL_PYTHON} "$@"` }),
      PIP_NO_INDEX: '1',
      PIP_FIND_LINKS: wheels,
    });
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/^gd-train: pip could not .*DO NOT MATCH THE HASHES.*\n$/),
    ]);
  });
});
