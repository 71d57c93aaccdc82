import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { writeDataset } from '../helpers/idx.js';
import { BIN, run, temporaryFolder } from '../helpers/run.js';
import { loadDataset } from '#src/dataset/mnist.js';
import { type EngineName, openEngine } from '#src/engines/registry.js';
import { randomStream } from '#src/network/random.js';
import { DEFAULTS } from '#src/training/hyper-parameters.js';
import { loadTraining, weightsDigest } from '#src/training/model-file.js';
import { newTraining, train, type Training } from '#src/training/train.js';

// Kills a run that saves after every step at 200 random moments, and resumes it each time from the saved file.

const ITERATIONS = 300;
const KILLS = 50; // kills of each of the four cases
const SIZES = { hiddenSize: 12, batchSize: 7 };

const folder = temporaryFolder();
writeDataset(folder);
const data = loadDataset(folder);

/** Weights and random stream, which determine how a run continues. */
function stateOf(training: Training): string {
  const stream = createHash('sha256').update(JSON.stringify(training.random.state())).digest('hex');
  return `${weightsDigest(training)} ${stream}`;
}

/** The states of an uninterrupted run after 0, 1, … steps. */
async function statesOf(gradient: EngineName): Promise<string[]> {
  const training = newTraining({ ...DEFAULTS, ...SIZES, gradient, iterations: ITERATIONS }, data.train.inputSize);
  const states = [stateOf(training)];
  for await (const event of train(training, data, await openEngine(gradient, { threads: 1 }), { checkpointEvery: 1 })) {
    if (event.type === 'checkpoint') states[event.iteration] = stateOf(training);
  }
  return states;
}

/** Waits until the file has been replaced, or the process has ended. */
async function isReplaced(path: string, child: ChildProcess): Promise<void> {
  const version = () => statSync(path, { throwIfNoEntry: false })?.ino;
  const before = version();
  while (version() === before && child.exitCode === null) await setTimeout(1);
}

async function killAgainAndAgain(gradient: EngineName, threads: number, seed: number, states: string[]) {
  const cwd = temporaryFolder();
  const model = join(cwd, 'm');
  const random = randomStream(seed);
  const flags = ['--data', folder, '--save', 'm', '--log', 'log', '--checkpoint-every', '1', '--quiet'];
  const sizes = ['--hidden', String(SIZES.hiddenSize), '--batch', String(SIZES.batchSize)];
  const fresh = [...sizes, '--gradient', gradient, '--iters', String(ITERATIONS)];
  const args = () => [
    ...['train', ...flags, '--threads', String(threads)],
    ...(existsSync(model) ? ['--resume', 'm'] : fresh),
  ];
  let inTheMiddle = 0; // kills during a save, which leave a temporary file

  for (let kill = 0; kill < KILLS; kill++) {
    const before = existsSync(model) ? loadTraining(model).iteration : 0;
    const child = spawn(process.execPath, [BIN, ...args()], {
      cwd,
      stdio: 'ignore',
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    const ended = new Promise((resolve) => child.on('exit', (code) => resolve(code)));
    if (random.uniform() < 0.1)
      await setTimeout(random.uniform() * 300); // some kills hit the start
    else {
      await isReplaced(model, child);
      await setTimeout(random.uniform() * 40);
    }
    child.kill('SIGKILL');
    const code = await ended;

    const names = readdirSync(cwd).filter((name) => name !== 'm' && name !== 'log');
    for (const name of names) expect(name).toMatch(/^(m|log)\.gd-train-tmp-[\da-f]{8}$/);
    if (names.some((name) => name.startsWith('m.'))) inTheMiddle++;
    if (code === 0) {
      expect(stateOf(loadTraining(model))).toBe(states[ITERATIONS]); // the run ended before the kill: begin again
      rmSync(model);
      continue;
    }
    if (!existsSync(model)) continue;
    const training = loadTraining(model);
    expect(training.iteration).toBeGreaterThanOrEqual(before);
    expect(stateOf(training)).toBe(states[training.iteration]);
    const engine = await openEngine(gradient, { threads });
    for await (const event of train(training, data, engine)) void event;
    expect(stateOf(training)).toBe(states[ITERATIONS]);
  }

  // Resume to the end by the command, which also removes temporary files, and compare with an uninterrupted run.
  if (!existsSync(model) || loadTraining(model).iteration < ITERATIONS) expect(run(args(), { cwd }).status).toBe(0);
  expect(readdirSync(cwd).sort()).toEqual(['log', 'm']);
  const straight = temporaryFolder();
  expect(run(['train', ...flags, ...fresh], { cwd: straight }).status).toBe(0);
  for (const name of ['m', 'log']) {
    expect(readFileSync(join(cwd, name)).equals(readFileSync(join(straight, name)))).toBe(true);
  }
  return inTheMiddle;
}

test('200 kills: the last saved file is always intact, and resuming ends in the same bits', async () => {
  const [backprop, numerical] = [await statesOf('backprop'), await statesOf('numerical')];
  const hits = await Promise.all([
    killAgainAndAgain('backprop', 1, 1, backprop),
    killAgainAndAgain('backprop', 2, 2, backprop),
    killAgainAndAgain('numerical', 1, 3, numerical),
    killAgainAndAgain('numerical', 2, 4, numerical),
  ]);
  expect(Math.min(...hits)).toBeGreaterThan(0);
}, 900_000);
