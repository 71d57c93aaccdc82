/**
 * Sets up the process before tfjs-node is loaded, because TensorFlow reads its settings from the environment at that
 * moment only. Without --debug, its messages and Node.js's warnings about the deprecated functions it calls are silenced.
 */
export function prepareTensorFlow(
  process: Pick<NodeJS.Process, 'env' | 'noDeprecation'>,
  { threads, debug }: { threads?: number | undefined; debug?: boolean | undefined },
): void {
  if (threads !== undefined) {
    for (const name of ['TF_NUM_INTRAOP_THREADS', 'TF_NUM_INTEROP_THREADS']) process.env[name] = String(threads);
  }
  if (debug) return;
  process.env.TF_CPP_MIN_LOG_LEVEL = '3';
  process.noDeprecation = true;
}
