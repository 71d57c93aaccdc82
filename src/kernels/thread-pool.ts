import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { MachineError } from '../errors.js';
import type { WasmNet, Member, Phase, Shared } from './wasm-net.js';

/** What a thread is told when it starts. */
export interface WorkerData {
  readonly shared: Shared;
  readonly thread: number;
  readonly threads: number;
  readonly counters: Int32Array<SharedArrayBuffer>;
}

/** The threads that work on one net together; the caller's is the first. */
export interface ThreadPool {
  /** Does a phase for the images with these indices. Others may still be at it when the caller's part is done. */
  run(phase: Phase, indices: Uint32Array): Promise<void>;
  /** Waits until all threads have done what was begun. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds to wait for the others before the event loop gets its turn, which is where their end is heard of. */
const PATIENCE = 20;

/**
 * Starts the threads.
 *
 * @throws MachineError, from any method, once a thread has ended
 */
export function openThreadPool(net: WasmNet, threads: number): ThreadPool {
  const counters = barrierFor(threads);
  let begun = 0;
  let failure: Error | undefined;
  const workers = Array.from({ length: threads - 1 }, (_, i) => {
    const workerData: WorkerData = { shared: net.shared, thread: i + 1, threads, counters: counters.counters };
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData });
    const fail = (why: unknown) => (failure ??= new MachineError(`a worker thread ended (${why}); try --threads 1`));
    worker.on('error', ({ message }) => fail(message)).on('exit', (code) => fail(`exit code ${code}`));
    worker.unref();
    return worker;
  });

  async function wait(isReached: (number: number, patience: number) => boolean): Promise<void> {
    for (let patience = PATIENCE; !isReached(begun, patience); patience = 0) {
      if (failure) throw failure;
      await setTimeout(1);
    }
  }

  return {
    async run(phase, indices) {
      if (failure) throw failure;
      begun = (begun + 1) | 0;
      const parity = begun & 1;
      net.setIndices(indices, parity);
      counters.begin(begun, phase);
      net.member.forward(parity);
      counters.arrive();
      await wait(counters.allArrived);
      net.member.finish(phase, parity);
    },
    settle: () => wait(counters.allFinished),
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

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
export function barrierFor(threads: number, counters = new Int32Array(new SharedArrayBuffer(4 * LENGTH))) {
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

export type Barrier = ReturnType<typeof barrierFor>;

/** What a thread other than the first does, for ever. */
export function serve(member: Member, counters: Barrier): never {
  for (let number = 1; ; number = (number + 1) | 0) {
    counters.waitToBegin(number);
    member.forward(number & 1);
    counters.arrive();
    counters.allArrived(number, Infinity);
    member.finish(counters.phaseOf(number), number & 1);
    counters.finish();
  }
}
