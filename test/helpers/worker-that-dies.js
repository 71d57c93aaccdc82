// node --import this: every worker thread is ended from outside, half a second after it was started.
import { setTimeout } from 'node:timers';
import { isMainThread, Worker } from 'node:worker_threads';

if (isMainThread) {
  const { unref } = Worker.prototype;
  Worker.prototype.unref = function () {
    setTimeout(() => this.terminate(), 500);
    return unref.call(this);
  };
}
