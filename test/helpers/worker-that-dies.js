// For node --import: every worker thread is terminated half a second after its start.
import { setTimeout } from 'node:timers';
import { isMainThread, Worker } from 'node:worker_threads';

if (isMainThread) {
  const { unref } = Worker.prototype;
  Worker.prototype.unref = function () {
    setTimeout(() => this.terminate(), 500);
    return unref.call(this);
  };
}
