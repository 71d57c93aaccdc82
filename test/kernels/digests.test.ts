import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

test('weights have the same SHA-256 on every machine and with any number of threads', () => {
  const smoke = fileURLToPath(new URL('../helpers/smoke.js', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [smoke], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
});
