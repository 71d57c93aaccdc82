/**
 * TensorFlow reads its settings from the environment when it is loaded, and from nowhere else. What it says, and what
 * Node.js says of the old functions that it calls, is for --debug.
 */
export function prepareTensorFlow(
  process: Pick<NodeJS.Process, 'env' | 'noDeprecation'>,
  { threads, debug }: { threads?: number; debug?: boolean },
): void {
  if (threads !== undefined) {
    for (const name of ['TF_NUM_INTRAOP_THREADS', 'TF_NUM_INTEROP_THREADS']) process.env[name] = String(threads);
  }
  if (debug) return;
  process.env.TF_CPP_MIN_LOG_LEVEL = '3';
  process.noDeprecation = true;
}
