import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { makeReadOnly, smallDisk } from '../helpers/disk.js';
import { writeDataset } from '../helpers/idx.js';
import { BIN, run, start, temporaryFolder } from '../helpers/run.js';
import { loadTraining } from '#src/training/model-file.js';

const data = temporaryFolder();
writeDataset(data);
const TRAIN = ['train', '--data', data, '--hidden', '12', '--batch', '7'];
const helper = (name: string) => fileURLToPath(new URL(`../helpers/${name}`, import.meta.url));
const RESCUED = /^gd-train-interrupted-.*\.safetensors$/;

/** Waits until a condition holds. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setTimeout(5);
}

/** Makes the model file of a short run in this folder. Returns its path and bytes. */
function earlierFile(folder: string) {
  const model = join(folder, 'm');
  expect(run([...TRAIN, '--iters', '5', '--save', model, '--quiet']).status).toBe(0);
  return { model, bytes: readFileSync(model) };
}

describe('a disk that is full', () => {
  test('--save: the run goes on, the earlier file is intact, the net is saved elsewhere, exit 1', () => {
    const disk = smallDisk(20); // a model file takes 12 kB
    if (disk === undefined) return;
    const { model, bytes } = earlierFile(disk);
    const cwd = temporaryFolder();
    const { status, stderr } = run([...TRAIN, '--iters', '40', '--checkpoint-every', '9', '--save', model, '--force'], {
      cwd,
    });
    const why = `${model} was not written: no space is left on the disk`;
    expect(stderr.split(`${why}; training goes on, and the next checkpoint tries again\n`)).toHaveLength(2);
    const [rescued] = readdirSync(cwd);
    expect(rescued).toMatch(RESCUED);
    expect(stderr).toContain(`\ngd-train: ${why}; the net is in ${rescued}\n`);
    expect(status).toBe(1);
    expect(loadTraining(join(cwd, rescued)).iteration).toBe(40);
    expect(readFileSync(model).equals(bytes)).toBe(true);
    expect(readdirSync(disk)).toEqual(['m']);
  });

  test('--save: once there is space again, the next checkpoint is saved, and only the signal decides the exit code', async () => {
    const disk = smallDisk(48);
    if (disk === undefined) return;
    const { model } = earlierFile(disk);
    const filler = join(disk, 'filler');
    writeFileSync(filler, Buffer.alloc(32 * 1024));
    const args = [...TRAIN, '--iters', '9000000', '--checkpoint-every', '100', '--save', model, '--force'];
    const { child, ended, says } = start(args, temporaryFolder());
    await says('the next checkpoint tries again');
    expect(loadTraining(model).iteration).toBe(5);
    rmSync(filler);
    await until(() => loadTraining(model).iteration >= 100);
    child.kill('SIGINT');
    const { status, stderr } = await ended;
    expect([status, stderr]).toEqual([130, expect.stringContaining(`bin/gd-train.js train --resume ${model} `)]);
  });

  test('--log: the run goes on and saves, the log ends with a complete line, exit 1', () => {
    const disk = smallDisk(8);
    if (disk === undefined) return;
    const log = join(disk, 'log');
    const cwd = temporaryFolder();
    const { status, stderr } = run([...TRAIN, '--iters', '500', '--save', 'm', '--log', log, '--quiet'], { cwd });
    expect([status, stderr]).toEqual([1, `gd-train: ${log} was not written: no space is left on the disk\n`]);
    const lines = readFileSync(log, 'utf8').split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.map((line) => (JSON.parse(line) as { step: number }).step)).toEqual([...lines.keys()]);
    expect(lines.length).toBeGreaterThan(20);
    expect(loadTraining(join(cwd, 'm')).iteration).toBe(500);
  });

  test('results that cannot be printed: exit 1', () => {
    if (!existsSync('/dev/full')) return void console.log('skipped: this system has no /dev/full');
    const { status, stderr } = spawnSync('sh', ['-c', `"${process.execPath}" "${BIN}" diff > /dev/full`], {
      encoding: 'utf8',
    });
    const why = 'gd-train: standard output was not written: no space is left on the disk\n';
    expect([status, stderr]).toEqual([1, why]);
  });
});

describe('a read-only disk', () => {
  test('from the start: refused before any training, exit 1', () => {
    const disk = smallDisk(64);
    if (disk === undefined) return;
    const { model, bytes } = earlierFile(disk);
    makeReadOnly(disk);
    for (const flag of ['--save', '--log']) {
      const { status, stdout, stderr } = run([...TRAIN, flag, model]);
      expect([status, stderr]).toEqual([1, `gd-train: ${model} is on a read-only disk: choose another place\n`]);
      expect(stdout).toBe('');
    }
    expect(readFileSync(model).equals(bytes)).toBe(true);
  });

  test('from a moment during the run: the run goes on, and the net is saved elsewhere', async () => {
    const disk = smallDisk(64);
    if (disk === undefined) return;
    const model = join(disk, 'm');
    const cwd = temporaryFolder();
    const args = [...TRAIN, '--iters', '9000000', '--checkpoint-every', '100', '--save', model];
    const { child, ended, says } = start(args, cwd);
    await until(() => existsSync(model));
    // The remount is refused while a file is being written there: try again.
    await until(() => spawnSync('mount', ['-o', 'remount,ro', disk]).status === 0);
    const { iteration } = loadTraining(model);
    await says(`${model} is on a read-only disk: choose another place; training goes on`);
    child.kill('SIGTERM');
    const { status, stderr } = await ended;
    const [rescued] = readdirSync(cwd);
    expect([status, stderr]).toEqual([143, expect.stringContaining(`bin/gd-train.js train --resume ${rescued} `)]);
    expect(loadTraining(join(cwd, rescued)).iteration).toBeGreaterThan(iteration);
    expect(loadTraining(model).iteration).toBe(iteration);
  });
});

test('a limit on the size of files (SIGXFSZ): the earlier file is intact, exit 1', () => {
  const cwd = temporaryFolder();
  const { bytes } = earlierFile(cwd);
  const command = `ulimit -f 8; exec "${process.execPath}" "${BIN}" ${TRAIN.join(' ')} --iters 9 --save m --force --quiet`;
  const { status, stderr } = spawnSync('bash', ['-c', command], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const why = 'm was not written: it would exceed the limit on file sizes (ulimit -f)';
  expect([status, stderr]).toEqual([1, `gd-train: ${why}; the net is lost\n`]);
  expect(readFileSync(join(cwd, 'm')).equals(bytes)).toBe(true);
  expect(readdirSync(cwd)).toEqual(['m']);
});

test('a limit on open files (EMFILE) during the run: the run goes on, and saves when it can', async () => {
  const cwd = temporaryFolder();
  const flags = [...TRAIN, '--iters', '9000000', '--checkpoint-every', '100', '--save', 'm', '--threads', '1'];
  const node = [process.execPath, '--import', helper('no-more-files.js'), BIN, ...flags].join(' ');
  const child = spawn('bash', ['-c', `ulimit -n 64; exec ${node}`], { cwd });
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const ended = new Promise((resolve) => child.on('close', resolve));
  await until(() => existsSync(join(cwd, 'm')));
  child.kill('SIGUSR2');
  await until(() => stderr.includes('m was not opened: too many files are open; training goes on'));
  const { iteration } = loadTraining(join(cwd, 'm'));
  child.kill('SIGUSR2');
  await until(() => loadTraining(join(cwd, 'm')).iteration > iteration);
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  expect(readdirSync(cwd)).toEqual(['m']);
});

describe('during the run', () => {
  const ENDLESS = [...TRAIN, '--iters', '9000000', '--checkpoint-every', '100'];

  test('--save is removed: it is written again, with a message', async () => {
    const cwd = temporaryFolder();
    const { child, ended, says } = start([...ENDLESS, '--save', 'm'], cwd);
    await until(() => existsSync(join(cwd, 'm')));
    let isTold = false;
    void says('m was removed: it is written again').then(() => (isTold = true));
    // Remove it again if a new file was being written at that moment.
    await until(() => (rmSync(join(cwd, 'm'), { force: true }), isTold));
    child.kill('SIGINT');
    expect((await ended).status).toBe(130);
    expect(loadTraining(join(cwd, 'm')).iteration).toBeGreaterThan(100);
  });

  test('the folder of --save is removed: the net is saved elsewhere', async () => {
    const cwd = temporaryFolder();
    const folder = temporaryFolder();
    const { child, ended, says } = start([...ENDLESS, '--save', join(folder, 'm')], cwd);
    await until(() => existsSync(join(folder, 'm')));
    await until(() => {
      spawnSync('rm', ['-rf', folder]); // fails if a file is being written there: try again
      return !existsSync(folder);
    });
    await says('m does not exist: check the path; training goes on');
    child.kill('SIGINT');
    const { status, stderr } = await ended;
    const [rescued] = readdirSync(cwd);
    expect([status, stderr]).toEqual([130, expect.stringContaining(`; the net is in ${rescued}\n`)]);
    expect(loadTraining(join(cwd, rescued)).iteration).toBeGreaterThan(100);
  });

  test('--log is removed: the run goes on, with a message', async () => {
    const cwd = temporaryFolder();
    const { child, ended, says } = start([...ENDLESS, '--save', 'm', '--log', 'log'], cwd);
    await until(() => existsSync(join(cwd, 'm')));
    rmSync(join(cwd, 'log'));
    await says('log was removed or replaced while it was written; training goes on without it');
    child.kill('SIGINT');
    expect((await ended).status).toBe(130);
  });

  test('another run with the same --save: one of them saves its net elsewhere', async () => {
    const cwd = temporaryFolder();
    const first = { seed: 1, ...start([...ENDLESS, '--save', 'm', '--seed', '1'], cwd) };
    await until(() => existsSync(join(cwd, 'm')));
    const second = { seed: 2, ...start([...ENDLESS, '--save', 'm', '--force', '--seed', '2'], cwd) };
    // The second run is usually refused; the first is if it did not run while the second began and saved.
    const refusal = 'm was changed by another program during this run: give each run a --save of its own; training';
    const [refused, other] = await Promise.race([
      first.says(refusal).then(() => [first, second]),
      second.says(refusal).then(() => [second, first]),
    ]);
    refused.child.kill('SIGINT');
    const { status, stderr } = await refused.ended;
    const rescued = readdirSync(cwd).find((name) => RESCUED.test(name))!;
    expect([status, stderr]).toEqual([130, expect.stringContaining(`; the net is in ${rescued}\n`)]);
    other.child.kill('SIGINT');
    expect((await other.ended).status).toBe(130);
    expect(loadTraining(join(cwd, 'm')).hyperParameters.seed).toBe(other.seed);
    expect(loadTraining(join(cwd, rescued)).hyperParameters.seed).toBe(refused.seed);
    expect(readdirSync(cwd)).toHaveLength(2);
  });
});

describe('a clock', () => {
  const node = (preload: string, args: string[], cwd: string) =>
    spawnSync(process.execPath, ['--import', helper(preload), BIN, ...args], { cwd, encoding: 'utf8' });

  test('that is set back by an hour repeatedly changes no file', () => {
    const [cwd, straight] = [temporaryFolder(), temporaryFolder()];
    const args = [...TRAIN, '--iters', '30', '--checkpoint-every', '1', '--save', 'm', '--log', 'log', '--quiet'];
    expect(node('clock-set-back.js', args, cwd).status).toBe(0);
    expect(run(args, { cwd: straight }).status).toBe(0);
    for (const name of ['m', 'log']) expect(readFileSync(join(cwd, name))).toEqual(readFileSync(join(straight, name)));
  });

  test('that stands still: a net that is saved elsewhere never replaces another', () => {
    if (!existsSync('/dev/full')) return void console.log('skipped: this system has no /dev/full');
    const cwd = temporaryFolder();
    for (const seed of ['1', '2', '3']) {
      const args = [...TRAIN, '--iters', '3', '--save', '/dev/full', '--seed', seed, '--quiet'];
      expect(node('clock-that-stands.js', args, cwd).status).toBe(1);
    }
    const stem = 'gd-train-interrupted-2020-01-01T00-00-00-000Z';
    expect(readdirSync(cwd).sort()).toEqual([`${stem}-2.safetensors`, `${stem}-3.safetensors`, `${stem}.safetensors`]);
  });
});

test('saving keeps the mode and the links of a file', () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'private'), '', { mode: 0o600 });
  spawnSync('ln', ['-s', 'private', join(cwd, 'm')]);
  expect(run([...TRAIN, '--iters', '3', '--save', 'm', '--quiet'], { cwd }).status).toBe(0);
  expect(statSync(join(cwd, 'private')).mode & 0o777).toBe(0o600);
  expect(loadTraining(join(cwd, 'private')).iteration).toBe(3);
  expect(readdirSync(cwd).sort()).toEqual(['m', 'private']);
});
