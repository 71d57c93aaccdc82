import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { MachineError } from '../machine-error.js';
import { countersFor } from './counters.js';
import type { KernelNet, Phase } from './kernel-net.js';
import type { Seat } from './worker.js';

/** The threads that work on one net together; the caller's is the first. */
export interface Team {
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
export function openTeam(net: KernelNet, threads: number): Team {
  const counters = countersFor(threads);
  let begun = 0;
  let failure: Error | undefined;
  const workers = Array.from({ length: threads - 1 }, (_, i) => {
    const workerData: Seat = { shared: net.shared, thread: i + 1, threads, counters: counters.counters };
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
