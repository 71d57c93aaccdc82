import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { smallDisk } from '../helpers/disk.js';
import { writeDataset } from '../helpers/idx.js';
import { BIN, run, temporaryFolder } from '../helpers/run.js';
import { runInTerminal } from '../helpers/terminal.js';
import { lastNetFile } from '#src/cli/inputs.js';
import { loadTraining } from '#src/training/model-file.js';

const data = temporaryFolder();
writeDataset(data);
const TRAIN = ['train', '--data', data, '--hidden', '12', '--batch', '7', '--iters', '20'];
const kept = lastNetFile();

beforeEach(() => rmSync(dirname(kept), { recursive: true, force: true }));

interface Result {
  sha256: string;
  saved: string | null;
  kept: string | null;
}
const train = (...more: string[]) => JSON.parse(run([...TRAIN, '--json', '--quiet', ...more]).stdout) as Result;

describe('last: the net of a run without --save', () => {
  test('every command that reads a model reads it, until the next run replaces it', () => {
    const cwd = temporaryFolder();
    const { sha256, saved, kept: path } = train();
    expect([saved, path]).toEqual([null, kept]);
    expect(statSync(dirname(kept)).mode & 0o777).toBe(0o700);
    for (const args of [
      ['predict', 'last', '--index', '0..2', '--data', data],
      ['evaluate', 'last', '--data', data],
      ['export', 'last', '-o', 'last.npz'],
      ['report', 'last', '--data', data],
      ['check', '--model', 'last', '--data', data],
    ]) {
      const { status, stdout } = run([...args, '--json'], { cwd });
      expect([args[0], status, (JSON.parse(stdout) as { model: string }).model]).toEqual([args[0], 0, kept]);
    }
    expect(readdirSync(cwd).sort()).toEqual(['last-report.html', 'last.npz']);

    const other = train('--seed', '1');
    expect(other.sha256).not.toBe(sha256);
    expect(readdirSync(dirname(kept))).toEqual(['last.safetensors']);
    expect(loadTraining(kept).hyperParameters.seed).toBe(1);
  });

  test('is not written with --no-keep, --save or --seeds', () => {
    const cwd = temporaryFolder();
    for (const more of [['--no-keep'], ['--save', join(cwd, 'm')], ['--seeds', '0..1']]) {
      expect(run([...TRAIN, '--quiet', ...more]).status).toBe(0);
      expect(existsSync(kept)).toBe(false);
    }
    const { status, stderr } = run(['evaluate', 'last']);
    expect([status, stderr]).toEqual([
      2,
      `gd-train: no net was kept in ${kept}: train one without --save, or name a file that train --save wrote\n`,
    ]);
  });

  test('the printed commands run as printed', () => {
    const cwd = temporaryFolder();
    const { stderr } = run([...TRAIN, '--expect', 'loss<99'], { cwd });
    const lines = stderr.trim().split('\n').slice(-3);
    expect(lines.map((line) => line.split(': ')[0])).toEqual([
      'kept until the next run',
      'to keep it for good',
      'to save it next time',
    ]);
    const sizes = lines.map((line) => {
      const command = line.slice(line.indexOf(': ') + 2);
      const { status } = spawnSync('sh', ['-c', command], { cwd, env: process.env });
      const file = join(cwd, 'net.safetensors');
      const iterations = existsSync(file) ? loadTraining(file).iteration : null;
      rmSync(file, { force: true });
      return [status, iterations];
    });
    expect(sizes).toEqual([[0, null], [0, 20], [0, 20]]); // prettier-ignore
    expect(lines[2]).toContain(`--expect 'loss<99' --save net.safetensors`);
  });

  test('a file named last takes precedence, with a note', () => {
    const cwd = temporaryFolder();
    run([...TRAIN, '--save', 'last', '--seed', '3', '--quiet'], { cwd });
    train();
    const { stdout, stderr } = run(['evaluate', 'last', '--data', data, '--json'], { cwd });
    expect(JSON.parse(stdout)).toMatchObject({ model: 'last' });
    expect(stderr).toBe(`last is the file in this folder; the net that was kept is ${kept}\n`);
  });

  test.each([
    ['/proc/none', 'does not exist: check the path'],
    ['/dev/null', 'leads through a file that is not a folder: check the path'],
  ])('a cache that is not writable, %s: one note, and the run succeeds', (cache, why) => {
    if (!existsSync(dirname(cache))) return void console.log(`skipped: this system has no ${dirname(cache)}`);
    const { status, stderr } = spawnSync(process.execPath, [BIN, ...TRAIN], {
      encoding: 'utf8',
      env: { ...process.env, XDG_CACHE_HOME: cache },
    });
    expect(status).toBe(0);
    expect(stderr.split('\n').filter((line) => line.includes('the net is not kept'))).toHaveLength(1);
    expect(stderr).toContain(`${why}; save it with --save FILE\n`);
  });

  test('a cache on a full disk: one note, and the earlier net is intact', () => {
    const disk = smallDisk(20); // a model file takes 12 kB
    if (disk === undefined) return;
    const env = { ...process.env, XDG_CACHE_HOME: disk };
    const file = join(disk, 'gd-train', 'last.safetensors');
    for (const [seed, problem] of [
      [1, ''],
      [2, `the net is not kept: ${file} was not written: no space is left on the disk; save it with --save FILE\n`],
    ] as const) {
      const args = [BIN, ...TRAIN, '--seed', String(seed)];
      const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
      expect([status, stderr]).toEqual([0, expect.stringContaining(problem)]);
    }
    expect(loadTraining(file).hyperParameters.seed).toBe(1);
    expect(readdirSync(dirname(file))).toEqual(['last.safetensors']);
  });
});

test('the cache is in the folder of the platform', () => {
  const home = () => '/home/a';
  expect(lastNetFile({}, 'linux', home)).toBe('/home/a/.cache/gd-train/last.safetensors');
  expect(lastNetFile({ XDG_CACHE_HOME: 'relative' }, 'linux', home)).toBe('/home/a/.cache/gd-train/last.safetensors');
  expect(lastNetFile({ XDG_CACHE_HOME: '/c' }, 'darwin', home)).toBe('/c/gd-train/last.safetensors');
  expect(lastNetFile({}, 'darwin', home)).toBe('/home/a/Library/Caches/gd-train/last.safetensors');
  expect(lastNetFile({ LOCALAPPDATA: '/local' }, 'win32', home)).toBe('/local/gd-train/last.safetensors');
});

describe('--resume without --save', () => {
  test('saves to the file that it read, to the bits of an uninterrupted run, and says so', () => {
    const cwd = temporaryFolder();
    run([...TRAIN, '--save', 'm', '--quiet'], { cwd });
    const { status, stderr } = run(['train', '--data', data, '--resume', 'm', '--iters', '50'], { cwd });
    expect(status).toBe(0);
    expect(stderr).toContain('saves to m, which it goes on with; --save names another file\n');
    expect(stderr).toContain('\nsaved to m\n');
    run([...TRAIN, '--iters', '50', '--save', 'straight', '--quiet'], { cwd });
    expect(readFileSync(join(cwd, 'm')).equals(readFileSync(join(cwd, 'straight')))).toBe(true);
    expect(readdirSync(cwd).sort()).toEqual(['m', 'straight']);
  });

  test('of last: keeps the net as last again', () => {
    train();
    const { stdout } = run(['train', '--data', data, '--resume', 'last', '--iters', '30', '--json', '--quiet']);
    expect(JSON.parse(stdout)).toMatchObject({ iterations: 30, saved: null, kept });
  });
});

describe('--save onto a file of another run', () => {
  test('in a script: refused before any work, unless there is --force', () => {
    const cwd = temporaryFolder();
    run([...TRAIN, '--save', 'm', '--quiet'], { cwd });
    writeFileSync(join(cwd, 'notes'), 'mine');
    for (const name of ['m', 'notes']) {
      const before = readFileSync(join(cwd, name));
      const { status, stderr } = run([...TRAIN, '--seed', '5', '--save', name], { cwd });
      expect([status, stderr]).toEqual([
        2,
        `gd-train: --save would replace ${name}, of another run: add --force, name another file, or go on with --resume ${name}\n`,
      ]);
      expect(readFileSync(join(cwd, name)).equals(before)).toBe(true);
      expect(run([...TRAIN, '--seed', '5', '--save', name, '--force', '--quiet'], { cwd }).status).toBe(0);
      expect(loadTraining(join(cwd, name)).hyperParameters.seed).toBe(5);
    }
    mkdirSync(join(cwd, 'seeds'));
    run([...TRAIN, '--save', 'seeds/1', '--quiet'], { cwd });
    const seeds = run([...TRAIN, '--seeds', '0..2', '--save', 'seeds/{seed}'], { cwd });
    expect([seeds.status, readdirSync(join(cwd, 'seeds'))]).toEqual([2, ['1']]);
  });

  test.each([
    ['y', 0, 5],
    ['n', 2, 0],
    ['', 2, 0],
  ])('in a terminal: asks, answer %j', (answer, code, seed) => {
    const cwd = temporaryFolder();
    run([...TRAIN, '--save', 'm', '--quiet'], { cwd });
    const steps = [['Replace? [y/N] ', 'type', `${answer}\n`]] as const;
    const result = runInTerminal([...TRAIN, '--seed', '5', '--save', 'm'], { cwd, steps });
    if (result === undefined) return;
    expect([result.status, loadTraining(join(cwd, 'm')).hyperParameters.seed]).toEqual([code, seed]);
    if (code === 2) expect(result.output).toContain('gd-train: m stays as it is: name another file with --save');
  });
});
