import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeDataset } from '../helpers/idx.js';
import { temporaryFolder } from '../helpers/run.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A copy of the program as npm installs it, with all it needs but tfjs-node. */
function installation(): string {
  const folder = temporaryFolder();
  for (const part of ['bin', 'dist', 'setup', 'package.json']) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
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

describe('without tfjs-node', () => {
  const folder = installation();

  test('doctor says what is missing and what mends it', () => {
    const { status, stdout, stderr } = run(folder, ['doctor']);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^gd-train \d+\.\d+\.\d+, Node v\d.*\n.* threads\n\n/);
    for (const engine of ['backprop', 'numerical', 'naive']) expect(stdout).toMatch(new RegExp(`^${engine} +works; f64`, 'm'));
    expect(stdout).toMatch(/^tfjs +fails; @tensorflow\/tfjs-node is not installed\n +to mend it: gd-train doctor --fix\n$/m);
  });

  test('doctor --json', () => {
    const { stdout } = run(folder, ['doctor', '--json']);
    const { node, tensorflow, simd, engines } = JSON.parse(stdout) as Record<string, unknown>;
    expect({ node, tensorflow, simd }).toEqual({ node: process.version, tensorflow: null, simd: true });
    expect(engines).toContainEqual({
      ...{ engine: 'tfjs', works: false, precisions: [], by: null },
      ...{ why: '@tensorflow/tfjs-node is not installed', remedy: 'gd-train doctor --fix' },
    });
  });

  test('--gradient tfjs fails in one line, and touches nothing', () => {
    const cwd = temporaryFolder();
    ...
  });
});
