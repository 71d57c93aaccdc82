import { workerData } from 'node:worker_threads';
import { countersFor, serve } from './counters.js';
import { joinNet, type Shared } from './kernel-net.js';

/** What a thread is told when it starts. */
export interface Seat {
  readonly shared: Shared;
  readonly thread: number;
  readonly threads: number;
  readonly counters: Int32Array<SharedArrayBuffer>;
}

const { shared, thread, threads, counters } = workerData as Seat;
serve(joinNet(shared, thread), countersFor(threads, counters));
