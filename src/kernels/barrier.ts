import type { Member, Phase, Shared } from './wasm-instance.js';

// How the threads of a pool wait for each other. Shared memory holds two counters that only grow: calls begun, and stages
// finished. A call is the work on one mini-batch, or one classification, which counts as one stage. The first thread
// begins calls; every thread runs the stages, and begins each but the first when all have finished the one before.

/** Data that a worker gets when it starts. */
export interface WorkerData {
  readonly shared: Shared;
  readonly thread: number;
  readonly threads: number;
  readonly counters: Int32Array<SharedArrayBuffer>;
}

// Indices of the counters. Each has a cache line of 64 bytes to itself, so that counting one does not slow reading another.

/** Calls begun. */
const BEGUN = 0;
/** Stages finished, by all threads in all calls. */
const FINISHED = 16;
/** Phase of the call, as an index of PHASES. */
const PHASE = 32;
const LENGTH = 48;

const PHASES: readonly Phase[] = ['backward', 'differences', 'loss', 'classify'];

/** Spin for about 40 µs before blocking: a wake-up costs more than most waits. */
const SPINS = 20_000;

/** One thread's view of the counters. */
type Barrier = ReturnType<typeof openBarrier>;

/**
 * Opens one thread's view of the counters. These may wrap past 2³¹, so they are compared by their difference.
 *
 * @param threads all threads of the pool
 * @param counters those of the first thread; new ones if not given
 */
export function openBarrier(threads: number, counters = new Int32Array(new SharedArrayBuffer(4 * LENGTH))) {
  let begun = 0; // calls in which this thread takes part, so far
  let finished = 0; // stages that this thread has finished
  const hasReached = (counter: number, target: number) => ((Atomics.load(counters, counter) - target) | 0) >= 0;
  const increment = (counter: number) => {
    Atomics.add(counters, counter, 1);
    Atomics.notify(counters, counter);
  };

  /** Waits until a counter reaches `target`; false if that takes longer than `patience` milliseconds. */
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
    /** Begins a call, in the first thread. All threads must have finished all stages but the last of the call before. */
    begin(phase: Phase): void {
      begun = (begun + 1) | 0;
      Atomics.store(counters, PHASE, PHASES.indexOf(phase));
      increment(BEGUN);
    },
    /** Waits in another thread until the first one begins the next call, and returns its phase. */
    join(): Phase {
      begun = (begun + 1) | 0;
      waitFor(BEGUN, begun, Infinity);
      return PHASES[Atomics.load(counters, PHASE)];
    },
    /** Counts a stage that this thread has finished. */
    finish(): void {
      finished = (finished + 1) | 0;
      increment(FINISHED);
    },
    /**
     * Waits until all threads have finished as many stages as this one; false if that takes longer than `patience`
     * milliseconds.
     */
    waitForAll: (patience: number) => waitFor(FINISHED, Math.imul(finished, threads), patience),
  };
}

/** The loop of every thread except the first. */
export function serve(member: Member, barrier: Barrier): never {
  for (;;) {
    const phase = barrier.join();
    if (phase === 'classify') member.classify();
    else {
      const last = member.stagesOf(phase) - 1;
      for (let stage = 0; stage < last; stage++) {
        member.runStage(phase, stage);
        barrier.finish();
        barrier.waitForAll(Infinity);
      }
      member.runStage(phase, last); // after it, `join` waits for the next call
    }
    barrier.finish();
  }
}
