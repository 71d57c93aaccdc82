import { linearAxis, logAxis, type Axis } from '../../plots/axis.js';

/** Above this ratio of largest to smallest, the small ones can only be told apart on a logarithmic axis. */
const LOG_FROM = 50;

/** An axis of losses: logarithmic if they span decades, else linear from 0. */
export function lossAxis(least: number, most: number): Axis {
  if (least > 0 && most / least > LOG_FROM) return logAxis('loss', least, most);
  return linearAxis('loss', 0, (most || 1) * 1.05);
}

/** An axis of shares of 1: as near as the curves need. */
export function shareAxis(least: number, most: number): Axis {
  const room = Math.max(0.005, (most - least) / 10);
  return linearAxis('share', Math.max(0, least - room), Math.min(1, most + room));
}
