// For node --import, with a key of LACKS as the query of this file: simulates a Node.js that lacks this feature.
import { syncBuiltinESMExports } from 'node:module';
import threads from 'node:worker_threads';

const { Memory } = globalThis.WebAssembly ?? {};
const LACKS = {
  WebAssembly: () => delete globalThis.WebAssembly,
  SharedArrayBuffer: () => delete globalThis.SharedArrayBuffer,
  Atomics: () => delete globalThis.Atomics,
  wait() {
    Atomics.wait = () => {
      throw new TypeError('Atomics.wait cannot be called in this context');
    };
  },
  workers() {
    threads.Worker = class {
      constructor() {
        throw Object.assign(new Error('Worker initialization failure: EAGAIN'), { code: 'ERR_WORKER_INIT_FAILED' });
      }
    };
    syncBuiltinESMExports();
  },
  start() {
    if (!threads.isMainThread) throw new Error('nothing works here');
  },
  memory() {
    globalThis.WebAssembly.Memory = class {
      constructor() {
        throw new RangeError('WebAssembly.Memory(): could not allocate memory');
      }
    };
  },
  growth() {
    globalThis.WebAssembly.Memory = function (descriptor) {
      return new Memory({ ...descriptor, maximum: 1 }); // 64 KiB
    };
  },
};
LACKS[new URL(import.meta.url).search.slice(1)]();
