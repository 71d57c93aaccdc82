import { Option } from 'commander';
import type { Typed } from './options.js';
import { type QueueAddress, queueAddress } from '../sweep/queue.js';

/** The environment variable that may name the queue: other users of a machine do not see it, as they see options. */
const QUEUE_VARIABLE = 'GD_TRAIN_QUEUE';

/** --queue, for a sweep and its workers. */
export const queueOption = (): Typed<string | true> =>
  new Option('--queue [url]', `Redis or Valkey, such as redis://host; user and password best in ${QUEUE_VARIABLE}`);

/**
 * The server that --queue names, or the environment. From here on the list of processes shows the command's name instead
 * of its options, where the system has a way to do so: a URL may have a password in it.
 *
 * @param given the option's value; true if it is there without one
 * @throws InputError as `queueAddress`
 */
export function readQueueOption(given: string | true | undefined, command: string): QueueAddress {
  process.title = `gd-train ${command}`;
  const url = given === true ? undefined : given;
  return queueAddress(url, process.env[QUEUE_VARIABLE], { given: '--queue', environment: QUEUE_VARIABLE });
}

/** An argument of a command line as it may be shown again. */
export const withoutPassword = (argument: string) => argument.replace(/^((?:--queue=)?rediss?:\/\/).*@/is, '$1');
