import { EventEmitter, on } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Dataset } from '../dataset/mnist.js';
import type { Data } from '../engines/engine.js';
import type { Run, RunRecord } from './record.js';
import type { Executor, SweepEvent } from './run.js';

/** A message of a worker thread about its run. */
export type WorkerMessage =
  | { readonly type: 'progress'; readonly share: number }
  | { readonly type: 'done'; readonly record: RunRecord }
  | { readonly type: 'failed'; readonly reason: string };

type Ended = Exclude<WorkerMessage, { type: 'progress' }>;

/** A worker thread that makes one run after another. */
export interface RunThread {
  make(run: Run, onProgress: (share: number) => void): Promise<Ended>;
  /** Terminates the thread, even during a run. */
  close(): Promise<unknown>;
}

/**
 * Makes runs on this machine, up to `threads` at once, each in its own worker thread.
 *
 * @param data in shared memory (see `shareData`), or each thread gets a copy
 */
export function localExecutor(data: Data, threads: number): Executor {
  return async function* (runs, signal) {
    const events = new EventEmitter();
    const told = on(events, 'event', { close: ['end'] });
    const tell = (event: SweepEvent) => events.emit('event', event);
    const running = new Set<RunThread>();
    const waiting = runs.values();
    let isStopped = signal.aborted;
    const stop = () => {
      isStopped = true;
      for (const thread of running) void thread.close();
    };
    signal.addEventListener('abort', stop);

    async function work(): Promise<void> {
      let thread: RunThread | undefined;
      for (const run of waiting) {
        if (isStopped) break;
        thread ??= startRunThread(data);
        running.add(thread);
        tell({ type: 'started', run });
        const ended = await thread.make(run, (share) => tell({ type: 'progress', run, share }));
        if (ended.type === 'done' || !isStopped) tell({ run, ...ended });
        if (ended.type === 'done') continue;
        await closeThread(thread); // it may be dead
        thread = undefined;
      }
      if (thread) await closeThread(thread);
    }
    async function closeThread(thread: RunThread): Promise<void> {
      running.delete(thread);
      await thread.close();
    }

    const ended = Promise.all(Array.from({ length: Math.min(threads, runs.length) }, work));
    ended.then(
      () => events.emit('end'),
      (error: unknown) => events.emit('error', error),
    );
    try {
      for await (const [event] of told) yield event as SweepEvent;
    } finally {
      stop();
      signal.removeEventListener('abort', stop);
      await ended;
    }
  };
}

export function startRunThread(data: Data): RunThread {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: data });
  const ended = new Promise<Ended>((resolve) => {
    const end = (why: string) => resolve({ type: 'failed', reason: `its worker thread ended (${why})` });
    worker.on('error', ({ message }) => end(message));
    worker.on('exit', (code) => end(`exit code ${code}`));
  });
  return {
    async make(run, onProgress) {
      let listen: (message: WorkerMessage) => void = () => undefined;
      const answered = new Promise<Ended>((resolve) => {
        listen = (message) => (message.type === 'progress' ? onProgress(message.share) : resolve(message));
        worker.on('message', listen);
      });
      worker.postMessage(run);
      try {
        return await Promise.race([answered, ended]);
      } finally {
        worker.off('message', listen);
      }
    },
    close: () => worker.terminate(),
  };
}

/** A copy of the images in memory that all threads share. */
export function shareData({ train, test }: Data): Data {
  return { train: shareDataset(train), test: shareDataset(test) };
}

function shareDataset({ count, rows, columns, inputSize, images, labels }: Dataset): Dataset {
  const share = (bytes: Uint8Array) => {
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    return shared;
  };
  return { count, rows, columns, inputSize, images: share(images), labels: share(labels) };
}
