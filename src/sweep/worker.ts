import { parentPort, workerData } from 'node:worker_threads';
import type { Data } from '../engines/engine.js';
import type { WorkerMessage } from './local.js';
import type { Run } from './record.js';
import { runOne } from './run.js';

const data = workerData as Data;
const port = parentPort!;
const tell = (message: WorkerMessage) => port.postMessage(message);

port.on('message', (run: Run) => {
  runOne(run, data, (share) => tell({ type: 'progress', share })).then(
    (record) => tell({ type: 'done', record }),
    (error: Error) => tell({ type: 'failed', reason: error.message }),
  );
});
