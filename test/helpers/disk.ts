import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const mounted: string[] = [];

/**
 * Mounts a small disk in memory. Returns undefined, with a message, where that is not allowed; in CI that is a failure.
 *
 * @param kilobytes size of the disk
 */
export function smallDisk(kilobytes: number): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'gd-train-disk-'));
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder], {
    encoding: 'utf8',
  });
  if (status === 0) {
    mounted.push(folder);
    return folder;
  }
  rmdirSync(folder);
  if (process.env.CI) throw new Error(`no disk for the test: ${stderr}`);
  console.log(`skipped: no disk for the test (${stderr?.trim() || 'no mount'})`);
  return undefined;
}

/** Makes the disk read-only. */
export function makeReadOnly(disk: string): void {
  const { status, stderr } = spawnSync('mount', ['-o', 'remount,ro', disk], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

afterAll(() => {
  for (const folder of mounted) {
    spawnSync('umount', [folder]);
    rmdirSync(folder);
  }
});
