import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
  DEFAULTS,
  loadDataset,
  MachineError,
  newTraining,
  openEngine,
  train,
  weightsDigest,
} from '../../dist/index.js';

// Makes a few steps with every kernel and compares the SHA-256 of the weights with golden/digests.json; then a few by
// TensorFlow, which has no such digests. It is plain JavaScript, so that any Node.js runs it: `node
// test/helpers/smoke.js`.

const runs = JSON.parse(readFileSync(new URL('../golden/digests.json', import.meta.url), 'utf8'));
const data = loadDataset();
for (const { threads, sha256, ...over } of runs.flatMap((run) => run.threads.map((threads) => ({ ...run, threads })))) {
  const training = newTraining({ ...DEFAULTS, ...over }, data.train.inputSize);
  const engine = await openEngine(training.hyperParameters.gradient, { ...training.hyperParameters, threads });
  for await (const event of train(training, data, engine)) {
    if (event.type === 'start') assert.equal(event.threads, threads, 'threads');
  }
  assert.equal(weightsDigest(training), sha256, `${JSON.stringify(over)} on ${threads} threads`);
  console.log(process.version, JSON.stringify(over), `threads ${threads}`, sha256.slice(0, 16));
}

const numpy = JSON.parse(readFileSync(new URL('../golden/two-layer-net-seed0-200.json', import.meta.url), 'utf8'));
try {
  const training = newTraining(
    { ...DEFAULTS, gradient: 'tfjs', precision: 'f32', iterations: 20 },
    data.train.inputSize,
  );
  for await (const event of train(training, data, await openEngine('tfjs'))) {
    if (event.type === 'step') assert.ok(Math.abs(event.loss - numpy.loss_before[event.step]) < 1e-4, 'loss');
  }
  console.log(process.version, `tfjs, ${training.iteration} steps`);
} catch (error) {
  if (process.env.CI || !(error instanceof MachineError)) throw error;
  console.log(process.version, `skipped: ${error.message}`);
}
