import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { writeDataset } from '../helpers/idx.js';
import { BIN, run, start, temporaryFolder } from '../helpers/run.js';
import { readFolder } from '#src/sweep/folder.js';
import { loadTraining } from '#src/training/model-file.js';

const data = temporaryFolder();
writeDataset(data);
const SMALL = ['--data', data, '--batch', '7', '--iters', '60', '--eval-every', '20'];
const GRID = ['sweep', ...SMALL, '--lr', '0.1,1,3', '--hidden', '5,12', '--seeds', '0..1'];

/** Weights and outcome of each run in a folder, by its id. */
const resultsOf = (folder: string) =>
  Object.fromEntries([...readFolder(folder).records].map(([id, { weights, outcome }]) => [id, { weights, outcome }]));

interface Json {
  runs: number;
  missing: number;
  groups: { settings: Record<string, unknown>; n: number; testAccuracy: { mean: number; std: number } }[];
  expectations: { isMet: boolean; value: number }[];
}

const whole = join(temporaryFolder(), 'runs');
const first = run([...GRID, '--out', whole]);

describe('gd-train sweep', () => {
  test('makes every run and prints a table, the best first; a second time it makes none and prints the same', () => {
    expect(first.status).toBe(0);
    expect(first.stderr).toMatch(/^12 runs in .*\n1\/12 runs {2}lr .*test accuracy/);
    const [head, ...rows] = first.stdout.trimEnd().split('\n');
    expect(head).toMatch(/^ *lr {2}hidden {2}n {2}test accuracy +std +peak +train accuracy +loss$/);
    const accuracies = rows.map((row) => Number(row.trim().split(/ +/)[3]));
    expect(accuracies).toHaveLength(6);
    expect(accuracies).toEqual([...accuracies].sort((a, b) => b - a));
    const times = () => readdirSync(whole).map((name) => statSync(join(whole, name)).mtimeMs);
    const before = times();
    const second = run([...GRID, '--out', whole]);
    expect(second.stdout).toBe(first.stdout);
    expect(second.stderr).toMatch(/12 of them there already\n$/);
    expect(times()).toEqual(before);
  });
  test("a run's result equals that of train, and of train --seeds", () => {
    const { groups } = JSON.parse(run([...GRID, '--out', whole, '--json', '--quiet']).stdout) as Json;
    const { settings, testAccuracy } = groups.find(({ settings: s }) => s.learningRate === 3 && s.hiddenSize === 12)!;
    expect(settings).toMatchObject({ batchSize: 7, iterations: 60, evalEvery: 20, weightInit: 0.01, seed: [0, 1] });
    const seeds = run(['train', ...SMALL, '--lr', '3', '--hidden', '12', '--seeds', '0..1', '--json', '--quiet']);
    const byTrain = JSON.parse(seeds.stdout) as { testAccuracy: object; runs: { sha256: string }[] };
    expect(testAccuracy).toEqual(byTrain.testAccuracy);
    const weights = [...readFolder(whole).records.values()].map(({ weights }) => weights);
    expect(weights).toEqual(expect.arrayContaining(byTrain.runs.map(({ sha256 }) => sha256)));
  });
  test('a larger grid makes only the new runs, a smaller one shows its part', () => {
    const larger = run([...GRID, '--seeds', '0..2', '--out', whole]);
    expect(larger.stderr).toContain('18 runs in');
    expect(larger.stderr).toContain('12 of them there already');
    expect(larger.stderr).toContain('6/6 runs');
    const smaller = JSON.parse(run([...GRID, '--lr', '1', '--out', whole, '--json']).stdout) as Json;
    expect([smaller.runs, smaller.groups.length]).toEqual([4, 2]);
    const all = JSON.parse(run(['sweep', '--out', whole, '--summary', '--json']).stdout) as Json;
    expect([all.runs, all.missing, all.groups.length, all.groups[0].n]).toEqual([18, 0, 6, 3]);
    const more = run([...GRID, '--seeds', '0..4', '--out', whole, '--summary']);
    expect(more.stderr).toContain('12 runs missing');
  });
  test('a run that diverges has a result', () => {
    const out = join(temporaryFolder(), 'runs');
    const args = ['sweep', ...SMALL, '--weight-init', '0.01,he,1e308', '--lr', '1', '--out', out];
    const { status, stdout, stderr } = run(args);
    expect([status, stderr]).toEqual([0, expect.stringContaining('weight-init 1e+308: not finite at step 0')]);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^ *1e\+308 +0 +- +- .* not finite at step 0$/);
    expect(run(args).stderr).toMatch(/3 of them there already\n$/);
  });
  test('--sort, --expect, --threads, --sample', () => {
    const sorted = run([...GRID, '--out', whole, '--sort', 'lr'])
      .stdout.trimEnd()
      .split('\n')
      .slice(1);
    expect(sorted.map((row) => row.trim().split(/ +/)[0])).toEqual(['0.1', '0.1', '1', '1', '3', '3']);
    const { groups } = JSON.parse(run([...GRID, '--out', whole, '--json']).stdout) as Json;
    const best = groups[0].testAccuracy.mean;
    const met = run([...GRID, '--out', whole, '--expect', `best_test_accuracy==${best}`, '--json']);
    expect([met.status, (JSON.parse(met.stdout) as Json).expectations[0].isMet]).toEqual([0, true]);
    const not = run([...GRID, '--out', whole, '--expect', 'best_test_accuracy>=1,lowest_loss<1e-9']);
    expect([not.status, not.stderr]).toEqual([4, expect.stringContaining('not met: best_test_accuracy is')]);
    const out = join(temporaryFolder(), 'runs');
    const some = [...GRID, '--out', out, '--threads', '1', '--sample', '5', '--sample-seed', '3', '--json'];
    expect((JSON.parse(run(some).stdout) as Json).runs).toBe(5);
    expect(resultsOf(whole)).toMatchObject(resultsOf(out));
  });
  test('--plot and --report', () => {
    const cwd = temporaryFolder();
    const files = ['--plot', 'p.svg', '--report', 'r.html'];
    const { status, stderr } = run([...GRID, '--out', whole, '--quiet', ...files], { cwd });
    expect([status, stderr]).toEqual([0, '']);
    const svg = readFileSync(join(cwd, 'p.svg'), 'utf8');
    expect(svg).toContain('learning rate');
    expect(svg.match(/class="bar series-/g)!.length).toBeGreaterThan(0);
    expect(svg.match(/class="cell"/g)).toHaveLength(6);
    expect(run([...GRID, '--out', whole, '--plot', 'p.png'], { cwd }).status).toBe(0);
    expect(readFileSync(join(cwd, 'p.png')).subarray(1, 4).toString()).toBe('PNG');
    expect(run([...GRID, '--out', whole, '--plot']).stdout).toContain('learning rate');
    const page = readFileSync(join(cwd, 'r.html'), 'utf8');
    expect(page.includes('content="default-src &#39;none&#39;; script-src')).toBe(true);
    expect(page.match(/<tr data-run=/g)).toHaveLength(12);
  });
});

describe('interruptions of a sweep', () => {
  const LONG = ['sweep', ...SMALL, '--iters', '4000', '--lr', '0.5,1', '--hidden', '8', '--seeds', '0..9'];
  const calm = join(temporaryFolder(), 'runs');
  beforeAll(() => expect(run([...LONG, '--out', calm]).status).toBe(0));

  test('Ctrl-C: no finished run is lost; the printed command goes on', async () => {
    const cwd = temporaryFolder();
    const { child, ended, says } = start([...LONG, '--out', 'my runs'], cwd);
    await says('3/20 runs');
    child.kill('SIGINT');
    const { status, stderr, stdout } = await ended;
    expect([status, stdout]).toEqual([130, '']);
    const done = Number(/SIGINT: (\d+) of 20 runs are in my runs/.exec(stderr)![1]);
    expect(done).toBeGreaterThanOrEqual(3);
    expect(Object.keys(resultsOf(join(cwd, 'my runs')))).toHaveLength(done);
    expect(existsSync(join(cwd, 'my runs', 'lock'))).toBe(false);
    const [, command] = /to go on: \S+ \S+ (.*)\n/.exec(stderr)!;
    const again = spawnSync('sh', ['-c', `"${process.execPath}" "${BIN}" ${command}`], { cwd, encoding: 'utf8' });
    expect(again.status).toBe(0);
    expect(again.stderr).toContain(`${done} of them there already`);
    expect(resultsOf(join(cwd, 'my runs'))).toEqual(resultsOf(calm));
  });
  test('SIGKILL at any moment: the records are intact, and a new sweep goes on', async () => {
    const cwd = temporaryFolder();
    for (const [round, milliseconds] of [150, 300, 450, 600, 900].entries()) {
      const { child, ended, says } = start([...LONG, '--out', 'runs'], cwd);
      if (round > 0) await says('runs in');
      await setTimeout(milliseconds);
      child.kill('SIGKILL');
      await ended;
    }
    const { status, stderr } = run([...LONG, '--out', 'runs'], { cwd });
    expect([status, stderr]).toEqual([0, expect.not.stringContaining('is not the record')]);
    expect(resultsOf(join(cwd, 'runs'))).toEqual(resultsOf(calm));
  });
  test('a second sweep on the same folder is refused, and does not disturb the first', async () => {
    const cwd = temporaryFolder();
    const { ended, says, child } = start([...LONG, '--out', 'runs'], cwd);
    await says('1/20 runs');
    const second = run([...LONG, '--out', 'runs'], { cwd });
    expect([second.status, second.stderr]).toEqual([
      2,
      expect.stringContaining(`in use by another sweep, process ${child.pid} on`),
    ]);
    expect((await ended).status).toBe(0);
    expect(readdirSync(join(cwd, 'runs'))).not.toContain('lock');
  });
  test('a damaged record is named, and its run is made again', () => {
    const cwd = temporaryFolder();
    run([...GRID, '--out', 'runs'], { cwd });
    const [name] = Object.keys(resultsOf(join(cwd, 'runs')));
    writeFileSync(join(cwd, 'runs', `${name}.json`), '{"format":"gd-train run 1"');
    const { status, stderr } = run([...GRID, '--out', 'runs'], { cwd });
    expect([status, stderr]).toEqual([0, expect.stringContaining(`${name}.json is not the record of a run`)]);
    expect(Object.keys(resultsOf(join(cwd, 'runs')))).toHaveLength(12);
  });
});

describe('--print', () => {
  const bin = temporaryFolder();
  symlinkSync(BIN, join(bin, 'gd-train'));
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}`, NODE_OPTIONS: '' };
  const local = join(temporaryFolder(), 'runs');
  beforeAll(() => expect(run([...GRID, '--out', local]).status).toBe(0));
  const has = (program: string) => spawnSync(program, ['--version']).error === undefined;

  test('prints a train command for every missing run', () => {
    const cwd = temporaryFolder();
    expect(
      run([...GRID, '--out', 'r', '--print'], { cwd })
        .stdout.trimEnd()
        .split('\n'),
    ).toHaveLength(12);
    expect(readdirSync(cwd)).toEqual([]);
    run([...GRID, '--lr', '1', '--out', 'r'], { cwd });
    const lines = run([...GRID, '--out', 'r', '--print'], { cwd })
      .stdout.trimEnd()
      .split('\n');
    expect(lines).toHaveLength(8);
    expect(lines.every((line) => line.startsWith('gd-train train --lr '))).toBe(true);
    expect(run([...GRID, '--out', local, '--print']).stdout).toBe('');
  });
  test.each([
    ['xargs', "tr '\\n' '\\0' | xargs -0 -n 1 -P 2 sh -c"],
    ['parallel', 'parallel -j 2'],
  ])('its commands, run by %s, write the records of the sweep', (program, pipe) => {
    if (!has(program)) {
      if (process.env.CI) throw new Error(`CI needs ${program}`);
      return console.warn(`skipped: there is no ${program}`);
    }
    const cwd = temporaryFolder();
    const command = `gd-train ${GRID.map((word) => `'${word}'`).join(' ')} --out 'my runs' --print | ${pipe}`;
    const spawned = spawnSync('sh', ['-c', command], { cwd, env, encoding: 'utf8' });
    expect([spawned.status, spawned.stderr.replaceAll(/^.*[Cc]itation.*$/gm, '').trim()]).toEqual([0, '']);
    expect(resultsOf(join(cwd, 'my runs'))).toEqual(resultsOf(local));
    const summary = run([...GRID, '--out', 'my runs', '--summary'], { cwd });
    expect(summary.stdout).toBe(run([...GRID, '--out', local]).stdout);
    expect(summary.stderr).toBe('');
  });
});

describe('bad input gives one line and exit 2, and leaves no file', () => {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'thesis'));
  writeFileSync(join(cwd, 'thesis', 'chapter-1.tex'), '');
  test.each<[string[], string]>([
    [['--lr', ''], '--lr "" has no values'],
    [['--lr', '0.1,,1'], 'an empty place between its commas'],
    [['--lr', '1..0.1 x3'], '"1..0.1 x3" ends before it begins: write 0.1..1'],
    [['--seeds', '4..0'], 'ends before it begins: write 0..4'],
    [['--lr', '0.1..1'], 'does not say how many values'],
    [['--lr', '0.1', '--seeds', '0..1000000'], '1,000,001 runs'],
    [['--lr', '0.1..1 x1001', '--seeds', '0..999'], '1,001,000 runs (1,001 x 1,000)'],
    [['--seeds', '0..4294967295', '--hidden', '1..1000000'], '4,294,967,296,000,000 runs'],
    [['--out', 'thesis'], 'thesis is not the folder of a sweep, it holds "chapter-1.tex"'],
    [['--out', 'thesis/chapter-1.tex'], 'is a file: name a folder'],
    [['--out', 'no/where'], 'a folder that is missing'],
    [['--out', 'thesis', '--summary'], 'is not the folder of a sweep'],
    [['--hidden', '0'], 'got "0"'],
    [['--weight-init', 'hee'], 'xavier or he'],
    [['--gradient', 'tfjs'], 'not tfjs, whose last bits differ'],
    [['--gradient', 'numerical', '--precision', 'f32'], 'does not have --precision f32'],
    [['--sample', '3'], '--sample 3 is more than there are'],
    [['--sample-seed', '3'], 'say how many with --sample'],
    [['--iters', '3', '--epochs', '1'], 'are alternatives'],
    [['--epochs', '1e300'], '1000000000 are the most'],
    [['--print', '--json'], '--print makes no run'],
    [['--plot', '-', '--json'], 'both write to stdout'],
    [['--plot', 'x.gif'], '.svg or .png'],
    [['--report', 'no/where.html'], 'is missing'],
    [['--report', join(data, 'train-images-idx3-ubyte')], 'a file of the data set'],
    [['--expect', 'worst_test_accuracy>=0.9'], 'can compare bestTestAccuracy'],
    [['--sort', 'luck'], '--sort must be one of'],
  ])('%j', (args, message) => {
    const { status, stdout, stderr } = run(['sweep', '--data', data, ...args], { cwd });
    expect([status, stdout, stderr]).toEqual([2, '', expect.stringContaining(message)]);
    expect(stderr).toMatch(/^gd-train: [^\n]+\n$/);
    expect([readdirSync(cwd), readdirSync(join(cwd, 'thesis'))]).toEqual([['thesis'], ['chapter-1.tex']]);
  });
  test('--summary of nothing', () => {
    const { status, stderr } = run(['sweep', '--out', 'nowhere', '--summary'], { cwd });
    expect([status, stderr]).toEqual([2, 'gd-train: nowhere does not exist: check the path\n']);
  });
});

describe('train', () => {
  const TRAIN = ['train', '--data', data, '--hidden', '4', '--quiet', '--json'];
  const json = (args: string[], cwd?: string) =>
    JSON.parse(run([...TRAIN, ...args], cwd === undefined ? {} : { cwd }).stdout) as {
      sha256: string;
      iterations: number;
      hyperParameters: { weightInit: unknown };
    };

  test('--epochs replaces --iters: with 40 images, rounded to the nearest integer', () => {
    expect(json(['--epochs', '3', '--batch', '7']).iterations).toBe(17); // 17.14
    expect(json(['--epochs', '3', '--batch', '7']).sha256).toBe(json(['--iters', '17', '--batch', '7']).sha256);
    expect(json(['--epochs', '0.01', '--batch', '7']).iterations).toBe(1);
    expect(run([...TRAIN, '--epochs', '3', '--iters', '7']).stderr).toContain('are alternatives');
  });
  test('--weight-init is stored, and a resumed run keeps it', () => {
    const cwd = temporaryFolder();
    const straight = json(['--weight-init', 'xavier', '--iters', '20', '--batch', '5']);
    json(['--weight-init', 'xavier', '--iters', '10', '--batch', '5', '--save', 'm'], cwd);
    expect(loadTraining(join(cwd, 'm')).hyperParameters.weightInit).toBe('xavier');
    expect(json(['--resume', 'm', '--iters', '20', '--save', 'n'], cwd).sha256).toBe(straight.sha256);
    expect(json(['--resume', 'm', '--iters', '20', '--save', 'o', '--weight-init', 'xavier'], cwd).sha256).toBe(
      straight.sha256,
    );
    expect(json(['--iters', '20', '--batch', '5']).sha256).not.toBe(straight.sha256);
    const other = run([...TRAIN, '--resume', 'm', '--iters', '20', '--weight-init', '0.1'], { cwd });
    expect([other.status, other.stderr]).toEqual([
      2,
      'gd-train: --weight-init 0.1 does not fit m, which was begun with xavier: leave it out\n',
    ]);
  });
  test('--record writes the result, also of a run that diverges, but nothing of a run that was stopped', async () => {
    const cwd = temporaryFolder();
    const { sha256 } = json(['--iters', '10', '--batch', '5', '--record', 'runs'], cwd);
    const diverged = run([...TRAIN, '--iters', '10', '--weight-init', '1e308', '--record', 'runs'], { cwd });
    expect(diverged.status).toBe(0);
    const records = [...readFolder(join(cwd, 'runs')).records.values()];
    expect(records.map(({ weights }) => weights)).toContain(sha256);
    expect(records.map(({ outcome }) => outcome.notFiniteAt)).toEqual(expect.arrayContaining([null, 0]));
    const { child, ended, says } = start(['train', '--data', data, '--iters', '1000000', '--record', 'runs'], cwd);
    await says('it/s');
    child.kill('SIGINT');
    expect((await ended).status).toBe(130);
    expect(readFolder(join(cwd, 'runs')).records.size).toBe(2);
    expect(run([...TRAIN, '--resume', 'm', '--record', 'runs'], { cwd }).stderr).toContain(
      '--record keeps the result of a whole run',
    );
  });
});
