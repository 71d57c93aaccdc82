import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { MachineError } from '../errors.js';
import { openPacer, type Pacer } from './pace.js';
import type { Descending, Member, Phase, Shared, WasmNet } from './wasm-net.js';

/** What a worker gets when it starts. */
export interface WorkerData {
  readonly shared: Shared;
  readonly thread: number;
  readonly threads: number;
  readonly counters: Int32Array<SharedArrayBuffer>;
}

/** The threads that work on one net together. The caller's thread is the first. */
interface ThreadPool {
  /** Resolves when all threads have joined; rejects with a MachineError if one does not start. */
  readonly ready: Promise<void>;
  /**
   * Carries out a phase for the images with these indices. Other threads may still be busy when it resolves.
   *
   * @throws MachineError if a thread has ended
   */
  run(phase: Descending | 'loss', indices: Uint32Array): Promise<void>;
  /**
   * Classifies the images of `setClassification`.
   *
   * @throws MachineError if a thread has ended
   */
  classify(): Promise<void>;
  /**
   * Waits until all threads have finished what was begun.
   *
   * @throws MachineError if a thread has ended
   */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a pool of this many threads, the caller's included. A pool of one needs no workers and no shared counters.
 *
 * @param pacer decides for each step whether the threads share it
 */
export function openThreadPool(net: WasmNet, threads: number, pacer: Pacer = openPacer()): ThreadPool {
  return threads === 1 ? poolOfOne(net) : poolOfWorkers(net, threads, pacer);
}

function poolOfOne(net: WasmNet): ThreadPool {
  return {
    ready: Promise.resolve(),
    run: async (phase, indices) => runAlone(net, phase, indices),
    classify: async () => net.member.classify(),
    settle: async () => undefined,
    close: async () => undefined,
  };
}

function runAlone(net: WasmNet, phase: Descending | 'loss', indices: Uint32Array): void {
  net.setIndices(indices, 0);
  net.member.forward(0);
  net.member.finish(phase, 0);
}

/** Milliseconds to wait for the other threads before the event loop, which reports their end, gets a turn. */
const PATIENCE = 20;

function poolOfWorkers(net: WasmNet, threads: number, pacer: Pacer): ThreadPool {
  const barrier = openBarrier(threads);
  let begun = 0;
  let failure: Error | undefined;
  let isSolo = false;
  const workers: Worker[] = [];

  async function start(thread: number): Promise<void> {
    const workerData: WorkerData = { shared: net.shared, thread, threads, counters: barrier.counters };
    try {
      const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData });
      workers.push(worker);
      const end = new Promise<string>((resolve) => {
        worker.on('error', ({ message }) => resolve(message));
        worker.on('exit', (code) => resolve(`exit code ${code}`));
      });
      const why = await Promise.race([once(worker, 'message').then(() => undefined), end]);
      if (why !== undefined) throw new Error(why);
      worker.unref();
      void end.then((why) => (failure = new MachineError(`a worker thread ended (${why}); try --threads 1`)));
    } catch (error) {
      throw new MachineError(`a worker thread did not start (${(error as Error).message})`);
    }
  }

  const ready = Promise.all(Array.from({ length: threads - 1 }, (_, i) => start(i + 1))).then(() => undefined);
  ready.catch(() => undefined); // the caller may fail before it comes to wait for it

  async function wait(isReached: (number: number, patience: number) => boolean): Promise<void> {
    for (let patience = PATIENCE; !isReached(begun, patience); patience = 0) {
      if (failure) throw failure;
      await setTimeout(1);
    }
  }

  /** Wakes the threads for a phase. */
  function begin(phase: Phase): void {
    if (failure) throw failure;
    begun = (begun + 1) | 0;
    barrier.begin(begun, phase);
  }

  async function runTogether(phase: Descending | 'loss', indices: Uint32Array): Promise<void> {
    const bufferIndex = (begun + 1) & 1;
    net.setIndices(indices, bufferIndex);
    begin(phase);
    net.member.forward(bufferIndex);
    barrier.arrive();
    await wait(barrier.allArrived);
    net.member.finish(phase, bufferIndex);
  }

  return {
    ready,
    async run(phase, indices) {
      if (failure) throw failure;
      if (isSolo !== (pacer.mode === 'solo')) {
        await wait(barrier.allFinished);
        isSolo = !isSolo;
        net.setSolo(isSolo);
      }
      const start = performance.now();
      if (isSolo) runAlone(net, phase, indices);
      else await runTogether(phase, indices);
      if (phase !== 'loss') pacer.record(performance.now() - start);
    },
    async classify() {
      begin('classify');
      barrier.arrive();
      net.member.classify();
      await wait(barrier.allFinished);
    },
    settle: () => wait(barrier.allFinished),
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

// The barrier: counters in shared memory that only grow. Each has a cache line of its own, so that counting one does not
// slow reading another.

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
