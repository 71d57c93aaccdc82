import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { MachineError } from '../errors.js';
import { openPacer, type Pacer } from './pace.js';
import { openBarrier, type WorkerData } from './barrier.js';
import { type BatchPhase, runAllStages } from './wasm-instance.js';
import type { WasmNet } from './wasm-net.js';

/** The threads that work on one net together. The caller's thread is the first. */
interface ThreadPool {
  /** Resolves when all threads have joined; rejects with a MachineError if one does not start. */
  readonly ready: Promise<void>;
  /**
   * Carries out a phase for the images with these indices. Other threads may still be busy when it resolves, so `settle`
   * before parameters are read or the net is changed; the loss is ready.
   *
   * @throws MachineError if a thread has ended
   */
  run(phase: BatchPhase, indices: Uint32Array): Promise<void>;
  /**
   * Classifies the images of `setClassification`.
   *
   * @throws MachineError if a thread has ended
   */
  classify(): Promise<void>;
  /**
   * Waits until all threads have finished.
   *
   * @throws MachineError if a thread has ended
   */
  settle(): Promise<void>;
  /** Ends the other threads. */
  close(): Promise<void>;
}

/**
 * Opens a pool of this many threads, the caller's included. A pool of one needs no workers and no barrier.
 *
 * @param pacer decides whether the threads share a mini-batch or the first one computes it alone
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

function runAlone(net: WasmNet, phase: BatchPhase, indices: Uint32Array): void {
  net.setIndices(indices);
  runAllStages(net.member, phase);
}

/** Milliseconds that the first thread blocks for the others. Then the event loop gets a turn: it reports a thread's end. */
const PATIENCE = 20;

function poolOfWorkers(net: WasmNet, threads: number, pacer: Pacer): ThreadPool {
  const barrier = openBarrier(threads);
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
  ready.catch(() => undefined); // if the caller fails before it waits for `ready`, this rejection counts as handled

  /** Waits until all threads have finished as many stages as this one. */
  async function wait(): Promise<void> {
    for (let patience = PATIENCE; !barrier.waitForAll(patience); patience = 0) {
      if (failure) throw failure;
      await setTimeout(1);
    }
  }

  async function runTogether(phase: BatchPhase, indices: Uint32Array): Promise<void> {
    net.setIndices(indices);
    barrier.begin(phase);
    const stages = net.member.stagesOf(phase);
    for (let stage = 0; stage < stages; stage++) {
      if (stage > 0) await wait();
      net.member.runStage(phase, stage);
      barrier.finish();
    }
    // The last stage of backpropagation uses nothing that the first stage of the next call writes: that call may begin.
    // The last stages of the others use rows and labels, which it writes, and that of `loss` makes what the caller reads.
    if (phase !== 'backward') await wait();
  }

  return {
    ready,
    async run(phase, indices) {
      if (failure) throw failure;
      if (isSolo !== (pacer.mode === 'solo')) {
        await wait();
        isSolo = !isSolo;
        net.setSolo(isSolo);
      }
      const start = performance.now();
      if (isSolo) runAlone(net, phase, indices);
      else await runTogether(phase, indices);
      if (phase !== 'loss') pacer.record(performance.now() - start);
    },
    async classify() {
      if (failure) throw failure;
      barrier.begin('classify');
      net.member.classify();
      barrier.finish();
      await wait();
    },
    settle: wait,
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
