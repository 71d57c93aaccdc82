import { scaleLinear, scaleLog } from 'd3-scale';

/** From numbers to pixels along an axis. */
export interface Scale {
  (value: number): number;
  ticks(about: number): number[];
}

type Interval = [from: number, to: number];

/** Above this ratio of largest to smallest, the small ones can only be told apart on a logarithmic axis. */
const LOG_FROM = 50;

/** An axis of iterations. */
export function iterationScale(iterations: Interval, pixels: Interval): Scale {
  return scaleLinear(iterations, pixels);
}

/** An axis of losses: logarithmic if they span decades, else linear from 0. */
export function lossScale([least, most]: Interval, pixels: Interval): Scale {
  if (least <= 0 || most / least <= LOG_FROM) return scaleLinear([0, most], pixels).nice();
  const scale = scaleLog([least, most], pixels).nice();
  const decades = scale.ticks().filter((tick) => Number.isInteger(Math.log10(tick)));
  return Object.assign((value: number) => scale(value), { ticks: () => decades });
}

/** An axis of shares of 1: as near as the curves need. */
export function shareScale([least, most]: Interval, pixels: Interval): Scale {
  const room = Math.max(0.005, (most - least) / 10);
  return scaleLinear([Math.max(0, least - room), Math.min(1, most + room)], pixels).nice(5);
}
