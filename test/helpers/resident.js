import { readFileSync } from 'node:fs';

/**
 * Peak resident memory of this process, in bytes. On Linux maxRSS is inherited from the parent process, here a Jest
 * worker that may be larger than anything that a test measures. VmHWM begins anew with each program.
 */
export const peakMemory = () =>
  process.platform === 'linux'
    ? 1024 * Number(/VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1])
    : 1024 * process.resourceUsage().maxRSS;
