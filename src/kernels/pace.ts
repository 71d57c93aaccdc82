// Whether the threads of a pool share an iteration or the first one computes it alone. On a machine with other work the
// threads may have to take turns on one processor, and waiting for each other then costs more than sharing brings. The
// bits are the same in both modes, so that the faster one can be chosen by the clock: after a window of iterations in
// one mode a shorter trial of the other, in which the mean time per iteration decides, and trials get rarer the more
// often they fail.

export type Mode = 'shared' | 'solo';

export interface Pace {
  readonly mode: Mode;
  /** Mean milliseconds per iteration in the other mode, during a trial; otherwise undefined. */
  readonly other?: number;
  /** Trials of the other mode begin when windows have counted this down to 0. */
  readonly countdown: number;
  /** Start of the next countdown if the trial fails. */
  readonly backOff: number;
}

/** How a pool begins. The first window includes the start of the threads and is never compared; the second ends in a trial. */
export const FIRST_PACE: Pace = { mode: 'shared', countdown: Infinity, backOff: 2 };

/** Milliseconds of a window and of a trial. On a quiet machine a trial of solo is all that is lost. */
const WINDOW_MS = 50;
const TRIAL_MS = { solo: 15, shared: 30 };

/** Countdowns begin between these. */
const BACK_OFF = { least: 2, most: 32 };

/** A trial succeeds if an iteration takes at most this share of its time in the other mode. */
const GAIN = 0.97;

/**
 * Where the mean of shared iterations is within this factor of the fastest, the threads hardly wait: a window then counts
 * only a sixteenth.
 */
const CALM = 1.25;
const CALM_COUNT = 1 / 16;

/** Milliseconds after which `nextPace` is to be asked. */
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
