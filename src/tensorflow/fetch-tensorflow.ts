import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { MachineError } from '../errors.js';
import { ROOT } from '../files/package.js';
import { runTool } from './run-tool.js';

/** What is fetched, and what it must be. The Python whose wheel it is need not be the one that fetches it. */
export const TENSORFLOW = {
  version: '2.15.1',
  wheel: '--python-version 3.11 --implementation cp --abi cp311 --platform manylinux_2_17_x86_64',
  sha256: '54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26',
  megabytes: 207,
};

const PYTHON = 'python3';

/**
 * Finds out whether Python is there, with pip.
 *
 * @throws MachineError if not
 */
export async function checkPython(): Promise<void> {
  await runTool(PYTHON, ['-m', 'pip', '--version'], {
    missing: 'python3 is not on the PATH: install Python 3 with pip (Debian: apt-get install python3-pip)',
    failed: 'python3 has no pip: install it (Debian: apt-get install python3-pip)',
  });
}

/**
 * Fetches TensorFlow's wheel for Python by pip, and takes its libraries and C headers out of it.
 *
 * @param work a folder for the wheel, until it is unpacked
 * @param into the folder that gets lib/ and include/
 * @param showOn file descriptor for pip's progress bar, if it is to be seen
 * @throws MachineError if it cannot be fetched or unpacked, or is not what it must be
 */
export async function fetchTensorFlow(work: string, into: string, showOn: number | undefined): Promise<void> {
  const { version, wheel, sha256 } = TENSORFLOW;
  const folder = join(work, 'wheel');
  const flags = ['--disable-pip-version-check', '--no-deps', '--only-binary=:all:', ...wheel.split(' ')];
  await runTool(PYTHON, ['-m', 'pip', 'download', ...flags, '--dest', folder, `tensorflow-cpu==${version}`], {
    showOn,
    failed: `pip could not fetch tensorflow-cpu ${version}: is the network there? Then run this again`,
  });
  const [name] = readdirSync(folder);
  const digest = await sha256Of(join(folder, name));
  if (digest !== sha256) {
    throw new MachineError(`${name} is not the file that it should be: its SHA-256 is ${digest}, not ${sha256}`);
  }
  await runTool(PYTHON, [join(ROOT, 'setup', 'unpack.py'), join(folder, name), into], {
    failed: `${name} could not be unpacked: is there a gigabyte of space?`,
  });
  rmSync(folder, { recursive: true });
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
