import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { BIN, temporaryFolder } from '../helpers/run.js';

// Every command reads at most 256 MiB of a pipe that never ends.

const folder = temporaryFolder();
const pipe = join(folder, 'pipe');
const hasPipes = process.platform !== 'win32' && spawnSync('mkfifo', [pipe]).status === 0;
if (!hasPipes) console.log('skipped: there are no named pipes here (mkfifo)');

(hasPipes ? test : test.skip).each([['evaluate'], ['check']])('%s of a pipe that never ends', async (command) => {
  const writer = spawn('sh', ['-c', `exec cat /dev/zero > '${pipe}'`], { stdio: 'ignore' });
  const { status, stderr } = spawnSync(process.execPath, [BIN, command, pipe], { encoding: 'utf8' });
  if (writer.exitCode === null && writer.signalCode === null) await once(writer, 'exit'); // ended by SIGPIPE
  expect([status, stderr]).toEqual([2, `gd-train: ${pipe} is a pipe of more than 256 MiB: name a file\n`]);
});
