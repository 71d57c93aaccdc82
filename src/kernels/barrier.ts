import type { Member, Phase, Shared } from './wasm-instance.js';

// How the threads of a pool wait for each other: counters in shared memory that only grow. Each has a cache line of its
// own, so that counting one does not slow reading another.

/** What a worker gets when it starts. */
export interface WorkerData {
  readonly shared: Shared;
  readonly thread: number;
  readonly threads: number;
  readonly counters: Int32Array<SharedArrayBuffer>;
}

/** Mini-batches begun. */
const BEGUN = 0;
/** Forward passes done, by all threads in all mini-batches. */
const ARRIVED = 16;
/** Mini-batches finished, by all threads except the first. */
const FINISHED = 32;
/** Phase of the mini-batch with each buffer index, as an index of PHASES. */
const PHASE = 48;
const LENGTH = 64;

const PHASES: readonly Phase[] = ['backward', 'differences', 'loss', 'classify'];

/** Spin for about 40 µs before blocking: a wake-up costs more than most waits. */
const SPINS = 20_000;

type Barrier = ReturnType<typeof openBarrier>;

/** The counters and what threads do with them. Mini-batches are numbered from 1; the number may wrap past 2³¹. */
export function openBarrier(threads: number, counters = new Int32Array(new SharedArrayBuffer(4 * LENGTH))) {
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

/** The loop of every thread except the first. */
export function serve(member: Member, barrier: Barrier): never {
  for (let number = 1; ; number = (number + 1) | 0) {
    barrier.waitToBegin(number);
    const phase = barrier.phaseOf(number);
    if (phase === 'classify') {
      barrier.arrive();
      member.classify();
    } else {
      member.forward(number & 1);
      barrier.arrive();
      barrier.allArrived(number, Infinity);
      member.finish(phase, number & 1);
    }
    barrier.finish();
  }
}
