// Runs every kind of command with any version of Node.js: `node test/helpers/smoke-commands.js`. It is plain
// JavaScript, like smoke.js.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../bin/gd-train.js', import.meta.url));
const cwd = mkdtempSync(join(tmpdir(), 'gd-train-smoke-'));
const env = { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' };

function run(line, status = 0) {
  const result = spawnSync(process.execPath, [BIN, ...line.split(' ')], { cwd, env, encoding: 'utf8' });
  assert.equal(result.status, status, `${line}: ${result.stderr}`);
  return result;
}
const same = (one, other) => assert.ok(readFileSync(join(cwd, one)).equals(readFileSync(join(cwd, other))));

try {
  assert.match(run('diff').stdout, /6\.00000000000378\n/);
  assert.equal(run('gradient --at 3,4 --quiet').stdout, '[6. 8.]\n');
  assert.match(run('descend').stdout, /\[-6\.11110793e-10 {2}8\.14814391e-10\]/);
  assert.match(run('train --lr fast', 2).stderr, /^gd-train: --lr must be a positive number, got "fast"\n$/);

  const train = 'train --hidden 30 --quiet';
  run(`${train} --iters 40 --save whole --log whole.log`);
  run(`${train} --iters 15 --save half --log half.log --checkpoint-every 4`);
  run('train --resume half --iters 40 --save half --log half.log --quiet');
  same('whole', 'half');

  const { accuracy } = JSON.parse(run('evaluate whole --json').stdout);
  run(`evaluate whole --quiet --expect test_accuracy==${accuracy}`);
  assert.match(
    run('evaluate whole --quiet --expect test_accuracy>0.99', 4).stderr,
    /^gd-train: not met: test_accuracy is/,
  );
  assert.equal(run(`${train} --iters 5 --seeds 3,5`).stdout.split('\n').length, 5);

  const child = spawn(process.execPath, [BIN, ...`${train} --iters 9000000 --save s --checkpoint-every 5`.split(' ')], {
    cwd,
    env,
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  while (!existsSync(join(cwd, 's')) && child.exitCode === null) await setTimeout(5);
  child.kill('SIGTERM');
  assert.equal(await ended, 143);
  run('evaluate s --quiet');
  assert.deepEqual(readdirSync(cwd).sort(), ['half', 'half.log', 's', 'whole', 'whole.log']);
  console.log(process.version, 'commands: diff, gradient, descend, train, resume, seeds, expect, signal, evaluate');
} finally {
  rmSync(cwd, { recursive: true, force: true });
}
