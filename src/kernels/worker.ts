import { parentPort, workerData } from 'node:worker_threads';
import { openBarrier, serve, type WorkerData } from './barrier.js';
import { joinNet } from './wasm-instance.js';

const { shared, thread, threads, counters } = workerData as WorkerData;
const member = joinNet(shared, thread);
parentPort!.postMessage('ready');
serve(member, openBarrier(threads, counters));
