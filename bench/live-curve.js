// What the live curves cost: training in a pseudo-terminal with them and without (--quiet), in turns.
// node bench/live-curve.js [ROUNDS] [ITERATIONS]; needs script of util-linux.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const [rounds = 11, iterations = 3000] = process.argv.slice(2).map(Number);
const bin = fileURLToPath(new URL('../bin/gd-train.js', import.meta.url));

/** Seconds that a training takes, as it says itself. */
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

// The fastest of each way counts: whatever else runs on the machine only adds to it.

seconds(''); // files and code are warm from here on
const turns = Array.from({ length: rounds }, () => ({ shown: seconds(''), quiet: seconds('--quiet') }));
const [shown, quiet] = ['shown', 'quiet'].map((way) => Math.min(...turns.map((turn) => turn[way].seconds)));
const { pictures } = turns.find((turn) => turn.shown.seconds === shown).shown;
console.log(`${iterations} iterations, fastest of ${rounds} rounds in turns`);
console.log(`with live curves  ${shown.toFixed(3)} s, ${pictures} pictures, ${(pictures / shown).toFixed(1)} a second`);
console.log(`without           ${quiet.toFixed(3)} s`);
console.log(`ratio             ${(shown / quiet).toFixed(3)}`);
