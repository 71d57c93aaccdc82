import type { Member, Phase } from './kernel-net.js';

// How threads meet: counters in shared memory that only grow. Who waits looks for a while before it goes to sleep, for
// falling asleep and waking take longer than most waits.

/** Mini-batches that were begun. Every counter has a cache line of its own, so that nobody's counting slows a look. */
const BEGUN = 0;
/** Forward passes that threads have done, in all mini-batches together. */
const ARRIVED = 16;
/** Mini-batches that threads other than the first have finished, together. */
const FINISHED = 32;
/** What to do with the mini-batch of each parity: an index of PHASES. */
const PHASE = 48;
const LENGTH = 64;

const PHASES: readonly Phase[] = ['backward', 'differences', 'loss', 'classify'];

/** About 40 µs. */
const LOOKS = 20_000;

/** The counters, and the moves that threads make on them. Numbers of mini-batches count from 1 and may pass 2³¹. */
export function countersFor(threads: number, counters = new Int32Array(new SharedArrayBuffer(4 * LENGTH))) {
  const hasReached = (counter: number, target: number) => ((Atomics.load(counters, counter) - target) | 0) >= 0;
  const count = (counter: number) => {
    Atomics.add(counters, counter, 1);
    Atomics.notify(counters, counter);
  };

  /** False if it takes longer than `patience`, in milliseconds. */
  function waitFor(counter: number, target: number, patience: number): boolean {
    for (let look = 0; look < LOOKS; look++) if (hasReached(counter, target)) return true;
    for (;;) {
      const value = Atomics.load(counters, counter);
      if (((value - target) | 0) >= 0) return true;
      if (Atomics.wait(counters, counter, value, patience) === 'timed-out') return hasReached(counter, target);
    }
  }

  return {
    counters,
    begin(number: number, phase: Phase): void {
      Atomics.store(counters, PHASE + (number & 1), PHASES.indexOf(phase));
      count(BEGUN);
    },
    phaseOf: (number: number) => PHASES[Atomics.load(counters, PHASE + (number & 1))],
    waitToBegin: (number: number) => waitFor(BEGUN, number, Infinity),
    arrive: () => count(ARRIVED),
    allArrived: (number: number, patience: number) => waitFor(ARRIVED, number * threads, patience),
    finish: () => count(FINISHED),
    allFinished: (number: number, patience: number) => waitFor(FINISHED, number * (threads - 1), patience),
  };
}

export type Counters = ReturnType<typeof countersFor>;

/** What a thread other than the first does, for ever. */
export function serve(member: Member, counters: Counters): never {
  for (let number = 1; ; number = (number + 1) | 0) {
    counters.waitToBegin(number);
    member.forward(number & 1);
    counters.arrive();
    counters.allArrived(number, Infinity);
    member.finish(counters.phaseOf(number), number & 1);
    counters.finish();
  }
}
