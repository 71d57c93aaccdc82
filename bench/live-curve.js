// Measures the cost of the live curves: trains in a pseudo-terminal with them and without them (--quiet), alternately.
// node bench/live-curve.js [ROUNDS] [ITERATIONS]; needs `script` of util-linux.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const [rounds = 11, iterations = 3000] = process.argv.slice(2).map(Number);
const bin = fileURLToPath(new URL('../bin/gd-train.js', import.meta.url));

/** Trains once. Returns the seconds that the program reports, and the number of pictures that it drew. */
function seconds(flags) {
  const command = `stty cols 120 rows 40; '${process.execPath}' '${bin}' train --iters ${iterations} --json ${flags}`;
  const { stdout, error } = spawnSync('script', ['-qec', command, '/dev/null'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, TERM: 'xterm-256color' },
  });
  if (error) throw error;
  return {
    seconds: JSON.parse(/\{"iterations".*\}/.exec(stdout)[0]).seconds,
    pictures: stdout.split('\u001b[J').length - 1,
  };
}

// The fastest round of each counts, because other work on the machine can only add to the time.

seconds(''); // warm up: read the files into the cache
const turns = Array.from({ length: rounds }, () => ({ shown: seconds(''), quiet: seconds('--quiet') }));
const [shown, quiet] = ['shown', 'quiet'].map((way) => Math.min(...turns.map((turn) => turn[way].seconds)));
const { pictures } = turns.find((turn) => turn.shown.seconds === shown).shown;
console.log(`${iterations} iterations, fastest of ${rounds} rounds in turns`);
console.log(`with live curves  ${shown.toFixed(3)} s, ${pictures} pictures, ${(pictures / shown).toFixed(1)} a second`);
console.log(`without           ${quiet.toFixed(3)} s`);
console.log(`ratio             ${(shown / quiet).toFixed(3)}`);
