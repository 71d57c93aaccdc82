// Decides whether the threads of a pool share an iteration, or the first thread computes it alone. On a machine with
// other work the threads may have to take turns on one processor; then waiting for each other costs more than sharing
// saves. Both modes give the same bits, so the decision may depend on measured time. From time to time the other mode
// is tried, and it is kept if its mean time per iteration is shorter. After each failed trial the next one is put off
// longer.
//
// Time is divided into windows. `countdown` is the number of windows until the next trial, and `backOff` the countdown
// that follows if this trial fails.

export type Mode = 'shared' | 'solo';

export interface Pace {
  readonly mode: Mode;
  /** During a trial of `mode`: mean milliseconds per iteration in the other mode, before it. Otherwise undefined. */
  readonly other?: number;
  /** Windows until the next trial of the other mode. */
  readonly countdown: number;
  /** The countdown after the next trial, if it fails. */
  readonly backOff: number;
}

/**
 * The pace of a new pool. Its infinite countdown marks the first window, in which the threads start and whose times are
 * not used. A trial follows the second window.
 */
export const FIRST_PACE: Pace = { mode: 'shared', countdown: Infinity, backOff: 2 };

/** Milliseconds of a window, and of a trial of each mode. On a quiet machine only the solo trials cost time. */
const WINDOW_MS = 50;
const TRIAL_MS = { solo: 15, shared: 30 };

/** Range of a countdown after a failed trial, in windows. */
const BACK_OFF = { least: 2, most: 32 };

/** A trial succeeds if the mean time of its iterations is at most this fraction of that in the other mode. */
const GAIN = 0.97;

/**
 * If the mean time of shared iterations is within the factor CALM of the fastest one, the threads hardly wait for each
 * other, and the window lowers the countdown by CALM_COUNT only.
 */
const CALM = 1.25;
const CALM_COUNT = 1 / 16;

/** Milliseconds of the current window. */
export function windowOf({ mode, other }: Pace): number {
  return other === undefined ? WINDOW_MS : TRIAL_MS[mode];
}

/**
 * The pace of the next window.
 *
 * @param mean milliseconds per iteration in this window
 * @param fastest milliseconds of the fastest shared iteration so far
 */
export function nextPace(pace: Pace, mean: number, fastest: number): Pace {
  const { mode, other, countdown, backOff } = pace;
  const otherMode = mode === 'shared' ? 'solo' : 'shared';
  if (other !== undefined) {
    if (mean <= GAIN * other) return { mode, countdown: BACK_OFF.least * 2, backOff: BACK_OFF.least * 4 };
    return { mode: otherMode, countdown: backOff, backOff: Math.min(backOff * 2, BACK_OFF.most) };
  }
  if (countdown === Infinity) return { ...pace, countdown: CALM_COUNT };
  const isCalm = mode === 'shared' && mean <= CALM * fastest;
  const left = countdown - (isCalm ? CALM_COUNT : 1);
  return left > 0 ? { ...pace, countdown: left } : { mode: otherMode, other: mean, countdown: 0, backOff };
}

/** Chooses the mode of each iteration. */
export interface Pacer {
  readonly mode: Mode;
  /** Reports the milliseconds of an iteration in this mode. */
  record(ms: number): void;
}

/** A pacer for a new pool. */
export function openPacer(): Pacer {
  let pace = FIRST_PACE;
  let fastest = Infinity;
  let total = 0;
  let iterations = 0;
  return {
    get mode() {
      return pace.mode;
    },
    record(ms) {
      total += ms;
      iterations++;
      if (pace.mode === 'shared') fastest = Math.min(fastest, ms);
      if (total < windowOf(pace)) return;
      pace = nextPace(pace, total / iterations, fastest);
      total = 0;
      iterations = 0;
    },
  };
}
