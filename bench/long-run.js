import { DEFAULTS, loadDataset, newTraining, openEngine, train } from '../dist/index.js';

// Checks that memory does not grow and speed does not fall in 200,000 iterations of `train`: `npm run bench:long`.

const ITERATIONS = Number(process.argv[2] ?? 200_000);
const EARLY = ITERATIONS / 20; // 10,000
const TENTH = ITERATIONS / 10;

const data = loadDataset();
const training = newTraining({ ...DEFAULTS, iterations: ITERATIONS }, data.train.inputSize);
const engine = await openEngine('backprop', process.argv[3] ? { threads: Number(process.argv[3]) } : {});
const megabytes = () => process.memoryUsage.rss() / 1e6;
const percent = (ratio) => `${ratio >= 1 ? '+' : ''}${((ratio - 1) * 100).toFixed(1)} %`;

let early = 0;
const times = [performance.now()]; // at the start, and at the end of each tenth of the run
for await (const event of train(training, data, engine, { checkpointEvery: TENTH })) {
  if (event.type !== 'step') continue;
  if (event.step + 1 === EARLY) early = megabytes();
  if ((event.step + 1) % TENTH === 0) {
    times.push(performance.now());
    const rate = (TENTH / (times.at(-1) - times.at(-2))) * 1000;
    console.log(`${event.step + 1} iterations: ${rate.toFixed(0)} it/s, ${megabytes().toFixed(1)} MB resident`);
  }
}
const [first, last] = [times[1] - times[0], times.at(-1) - times.at(-2)];
const end = megabytes();
console.log(
  `resident memory after ${EARLY}: ${early.toFixed(1)} MB, at the end: ${end.toFixed(1)} MB, ${percent(end / early)}`,
);
console.log(`throughput of the last tenth against the first: ${percent(first / last)}`);
if (end > 1.1 * early || last > 1.1 * first) {
  console.log('not within 10 %');
  process.exitCode = 4;
}
