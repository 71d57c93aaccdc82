// Trains a little by every kernel and compares the SHA-256 of the weights with golden/digests.json. Plain JavaScript, so
// that any Node.js can run it: `node test/helpers/smoke.js`.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { DEFAULTS, loadDataset, newTraining, openEngine, train, weightsDigest } from '../../dist/index.js';

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
