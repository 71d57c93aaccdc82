import type { Member, Phase, Shared } from './wasm-instance.js';

// How the threads of a pool wait for each other: counters in shared memory that only grow. Each has a cache line of its
// own, so that counting one does not slow reading another.

/** Data that a worker gets when it starts. */
export interface WorkerData {
  readonly shared: Shared;
  readonly thread: number;
  readonly threads: number;
  readonly counters: Int32Array<SharedArrayBuffer>;
}

/** Calls begun. */
const BEGUN = 0;
/** Steps finished, by all threads in all calls. */
const FINISHED = 16;
/** Phase of the call, as an index of PHASES. */
const PHASE = 32;
const LENGTH = 48;

const PHASES: readonly Phase[] = ['backward', 'differences', 'loss', 'classify'];

/** Spin for about 40 µs before blocking: a wake-up costs more than most waits. */
const SPINS = 20_000;

/** One thread's view of the counters. */
type Barrier = ReturnType<typeof openBarrier>;

/** The counters and what threads do with them. They may wrap past 2³¹. */
export function openBarrier(threads: number, counters = new Int32Array(new SharedArrayBuffer(4 * LENGTH))) {
  let begun = 0; // calls that this thread has begun, and steps that it has finished
  let finished = 0;
  const hasReached = (counter: number, target: number) => ((Atomics.load(counters, counter) - target) | 0) >= 0;
  const count = (counter: number) => {
    Atomics.add(counters, counter, 1);
    Atomics.notify(counters, counter);
  };

  /** Returns false if it takes longer than `patience` milliseconds. */
  function waitFor(counter: number, target: number, patience: number): boolean {
    for (let spin = 0; spin < SPINS; spin++) if (hasReached(counter, target)) return true;
    for (;;) {
      const value = Atomics.load(counters, counter);
      if (((value - target) | 0) >= 0) return true;
      if (Atomics.wait(counters, counter, value, patience) === 'timed-out') return hasReached(counter, target);
    }
  }

  return {
    counters,
    /** The first thread begins a call, after all have passed the last step but one of the call before. */
    begin(phase: Phase): void {
      begun = (begun + 1) | 0;
      Atomics.store(counters, PHASE, PHASES.indexOf(phase));
      count(BEGUN);
    },
    /** The others wait for it. */
    join(): Phase {
      begun = (begun + 1) | 0;
      waitFor(BEGUN, begun, Infinity);
      return PHASES[Atomics.load(counters, PHASE)];
    },
    /** This thread has finished a step. */
    finish(): void {
      finished = (finished + 1) | 0;
      count(FINISHED);
    },
    /** Waits until all threads have finished as many steps. */
    allFinished: (patience: number) => waitFor(FINISHED, Math.imul(finished, threads), patience),
  };
}

/** The loop of every thread except the first. */
export function serve(member: Member, barrier: Barrier): never {
  for (;;) {
    const phase = barrier.join();
    if (phase === 'classify') member.classify();
    else {
      const last = member.stepsOf(phase) - 1;
      for (let step = 0; step < last; step++) {
        member.takeStep(phase, step);
        barrier.finish();
        barrier.allFinished(Infinity);
      }
      member.takeStep(phase, last);
    }
    barrier.finish();
  }
}
