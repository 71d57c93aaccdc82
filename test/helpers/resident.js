import { readFileSync } from 'node:fs';

/**
 * The most memory that this process has had resident, in bytes. On Linux maxRSS is inherited from the process that started
 * this one, here a Jest worker that may be larger than all that a test measures: VmHWM begins anew with each program.
 */
export const peakMemory = () =>
  process.platform === 'linux'
    ? 1024 * Number(/VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1])
    : 1024 * process.resourceUsage().maxRSS;
