import { workerData } from 'node:worker_threads';
import { barrierFor, type WorkerData, serve } from './thread-pool.js';
import { joinNet } from './wasm-net.js';

const { shared, thread, threads, counters } = workerData as WorkerData;
serve(joinNet(shared, thread), barrierFor(threads, counters));
