// Whether the threads of a pool share an iteration, or the first one computes it alone. On a machine with other work the
// threads may have to take turns on one processor, and waiting for each other then costs more than sharing saves. Both
// modes give the same bits, so the clock may decide: from time to time the other mode is tried, and it is kept if its mean
// time per iteration is less. The more often trials fail, the rarer they get.
//
// Time is divided into windows. `countdown` says after how many windows the next trial begins, and `backOff` what it will
// be set to if that trial fails.

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
 * How a pool begins. The first window, in which threads start, is not compared with another; an infinite countdown marks
 * it. A trial follows the second one.
 */
export const FIRST_PACE: Pace = { mode: 'shared', countdown: Infinity, backOff: 2 };

/** Milliseconds of a window and of a trial. On a quiet machine a trial of solo is all that is lost. */
const WINDOW_MS = 50;
const TRIAL_MS = { solo: 15, shared: 30 };

/** Least and most windows of a countdown. */
const BACK_OFF = { least: 2, most: 32 };

/** A trial succeeds if an iteration takes at most this fraction of its time in the other mode. */
const GAIN = 0.97;

/**
 * While the mean of shared iterations is within this factor of the fastest one, the threads hardly wait for each other: such
 * a window lowers the countdown by a sixteenth only.
 */
const CALM = 1.25;
const CALM_COUNT = 1 / 16;

/** Milliseconds of the window that a pace is for. */
export function windowOf({ mode, other }: Pace): number {
  return other === undefined ? WINDOW_MS : TRIAL_MS[mode];
}

/**
 * The pace after a window.
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

/** Opens a pacer for a new pool. */
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
