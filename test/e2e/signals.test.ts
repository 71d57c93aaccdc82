import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeDataset } from '../helpers/idx.js';
import { BIN, run, start, temporaryFolder } from '../helpers/run.js';
import { loadDataset } from '#src/dataset/mnist.js';
import { openEngine } from '#src/engines/registry.js';
import { loadTraining, weightsDigest } from '#src/training/model-file.js';
import { newTraining, train } from '#src/training/train.js';

const data = temporaryFolder();
writeDataset(data);
const TRAIN = ['train', '--data', data, '--hidden', '12', '--batch', '7'];
const ENDLESS = [...TRAIN, '--iters', '9000000', '--eval-every', '100', '--checkpoint-every', '100'];
const preload = (name: string) => ['--import', fileURLToPath(new URL(`../helpers/${name}`, import.meta.url))];

describe('signals', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s: finishes the step, saves, prints how to go on, exit %d', async (signal, code) => {
    const cwd = temporaryFolder();
    const { child, ended, says } = start([...ENDLESS, '--save', 'm'], cwd);
    await says('100/9,000,000');
    child.kill(signal);
    const { status, stderr } = await ended;
    expect(status).toBe(code);
    expect(stderr).toContain(`${signal}: finishing this step; a second signal ends the run at once\n`);
    expect(stderr).toContain(`bin/gd-train.js train --resume m --data ${data} --eval-every 100`);
    expect(loadTraining(join(cwd, 'm')).iteration).toBeGreaterThanOrEqual(100);
  });

  test('before the first step: the earlier file is not touched', () => {
    const cwd = temporaryFolder();
    run([...TRAIN, '--iters', '5', '--save', 'm', '--quiet'], { cwd });
    const before = readFileSync(join(cwd, 'm'));
    const args = [...preload('signal-at-once.js'), BIN, ...TRAIN, '--save', 'm', '--force', '--json'];
    const { status, stdout } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
    expect(status).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ iterations: 0, stopped: 'SIGINT', saved: null });
    expect(readFileSync(join(cwd, 'm')).equals(before)).toBe(true);
    expect(readdirSync(cwd)).toEqual(['m']);
  });
});

describe('pipes', () => {
  const shell = (command: string) => {
    const cwd = temporaryFolder();
    const program = `"${process.execPath}" "${BIN}" ${TRAIN.join(' ')} --iters 1000 --eval-every 100 --save m`;
    const { status, stdout, stderr } = spawnSync('bash', ['-c', command.replaceAll('TRAIN', program)], {
      cwd,
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' },
    });
    return { status, stdout, stderr, iteration: loadTraining(join(cwd, 'm')).iteration };
  };
  const done = { status: 0, iteration: 1000 };

  test.each([
    ['stdout has no reader (EPIPE)', 'TRAIN --quiet | true; exit ${PIPESTATUS[0]}', ''],
    ['stderr has no reader (EPIPE)', 'TRAIN 2>&1 >/dev/null | true; exit ${PIPESTATUS[0]}', ''],
    ['stdin closed', 'TRAIN --quiet <&- >/dev/null', ''],
    ['stdout closed', 'TRAIN --quiet >&-', ''],
    ['stderr closed', 'TRAIN 2>&- >/dev/null', ''],
    ['all three closed', 'TRAIN <&- >&- 2>&-', ''],
  ])('%s: the run ends normally', (_, command, said) => {
    const { stdout, stderr, ...outcome } = shell(command);
    expect(outcome).toEqual(done);
    expect(stdout + stderr).toBe(said);
  });

  test('no terminal: lines, and no control characters', () => {
    const { stdout, stderr, ...outcome } = shell('setsid -w TRAIN </dev/null');
    expect(outcome).toEqual(done);
    expect(stdout).toMatch(/^train accuracy {2}[\d.]+\ntest accuracy {3}[\d.]+\nweights sha256 {2}[\da-f]{64}\n$/);
    expect(stderr.split('\n').length).toBeGreaterThan(10);
    // eslint-disable-next-line no-control-regex
    expect(stderr).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
  });
});

describe('a worker thread that dies during a step', () => {
  test.each([[['--save', 'm']], [[]]])('with %j: the net of the last checkpoint is saved, exit 1', async (flags) => {
    const cwd = temporaryFolder();
    const endless = [...TRAIN, '--iters', '9000000', '--eval-every', '10', '--threads', '2'];
    const { ended } = start([...endless, ...flags, '--quiet'], cwd, preload('worker-that-dies.js'));
    const { status, stderr } = await ended;
    expect(status).toBe(1);
    const [name] = readdirSync(cwd);
    expect(stderr).toContain(`bin/gd-train.js train --resume ${name} --data ${data}`);
    expect(stderr).toMatch(/\ngd-train: a worker thread ended \(exit code 1\); try --threads 1\n$/);

    // Resuming from it ends in the same bits as a run that lost no thread.
    const saved = loadTraining(join(cwd, name));
    expect(saved.iteration).toBeGreaterThan(0);
    const iterations = saved.iteration + 25;
    const dataset = loadDataset(data);
    const ends = [saved, newTraining(saved.hyperParameters, dataset.train.inputSize)].map(async (from) => {
      const training = { ...from, hyperParameters: { ...from.hyperParameters, iterations } };
      for await (const event of train(training, dataset, await openEngine('backprop', { threads: 1 }))) void event;
      return weightsDigest(training);
    });
    const [resumed, straight] = await Promise.all(ends);
    expect(resumed).toBe(straight);
  });
});
