import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { temporaryFolder } from '../helpers/run.js';
import { MachineError } from '#src/errors.js';
import { openSpecial, writeOutput } from '#src/files/write.js';

function newPipe(): string | undefined {
  const pipe = join(temporaryFolder(), 'pipe');
  if (spawnSync('mkfifo', [pipe]).status === 0) return pipe;
  console.log('skipped: no mkfifo here');
  return undefined;
}

test('writing to a pipe waits for a slow reader and loses nothing', async () => {
  const pipe = newPipe();
  if (pipe === undefined) return;
  let isWaiting = false;
  const bytes = Buffer.alloc(1_000_000, 'abc');
  const written = writeOutput(pipe, bytes, { onWait: () => (isWaiting = true) });
  await setTimeout(100);
  expect(isWaiting).toBe(true);
  const reader = spawn('sh', ['-c', `(sleep 0.2; cat) < '${pipe}'`]);
  const pieces: Buffer[] = [];
  reader.stdout.on('data', (piece: Buffer) => pieces.push(piece));
  const ended = new Promise((resolve) => reader.on('close', resolve));
  await written;
  await ended;
  expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
});

test('writing ends when it is aborted', async () => {
  const pipe = newPipe();
  if (pipe === undefined) return;
  await expect(openSpecial(pipe, { signal: AbortSignal.abort() })).rejects.toThrow('is a pipe that no program reads');
});

test('a closed reader gives an error in one line', async () => {
  const pipe = newPipe();
  if (pipe === undefined) return;
  spawn('head', ['-c', '1', pipe]);
  const written = writeOutput(pipe, Buffer.alloc(1_000_000));
  await expect(written).rejects.toThrow(`the program that read from ${pipe} has ended`);
  await expect(written).rejects.toMatchObject({ name: MachineError.name });
});
