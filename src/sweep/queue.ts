import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { IRedisClient, Queue } from 'bullmq';
import { InputError, MachineError, preview, printable } from '../errors.js';
import type { Run } from './record.js';

// The queue of a sweep over many machines: BullMQ on Redis or Valkey. This file connects to the server and explains its
// faults; queue-executor.ts enqueues runs and collects records, queue-worker.ts makes the runs.
//
// There is one queue per version and data set, so that every worker of a queue can make its runs. The id of a job is
// the id of its run, so that a run cannot be enqueued twice.

/** A Redis or Valkey server. */
export interface QueueAddress {
  /** For messages, without user and password. */
  readonly label: string;
  readonly connection: {
    readonly host: string;
    readonly port: number;
    readonly db: number;
    readonly username?: string;
    readonly password?: string;
    readonly tls?: object;
  };
}

/** The environment variable that may name the queue: options are visible to other users of the machine. */
export const QUEUE_VARIABLE = 'GD_TRAIN_QUEUE';

const EXAMPLE = 'redis://host, redis://user:password@host:6379 or rediss://host';

/**
 * The server that a user named.
 *
 * @param given the URL of --queue, if there is one
 * @param environment the URL of GD_TRAIN_QUEUE, the default; user and password come from it too if `given` has none and
 *   both name the same server
 * @throws InputError, without the URL if it may hold a password
 */
export function queueAddress(given: string | undefined, environment?: string): QueueAddress {
  if (given === undefined) {
    if (!environment) throw new InputError(`name the queue: --queue ${EXAMPLE}, or the same in ${QUEUE_VARIABLE}`);
    return parseAddress(environment, QUEUE_VARIABLE);
  }
  const address = parseAddress(given, '--queue');
  if (address.connection.password !== undefined || !environment) return address;
  const other = parseAddress(environment, QUEUE_VARIABLE);
  const { username, password } = other.connection;
  if (password === undefined || other.label !== address.label) return address;
  return { ...address, connection: { ...address.connection, ...(username && { username }), password } };
}

function parseAddress(text: string, name: string): QueueAddress {
  const refuse = (why: string) => new InputError(`${name} must be ${EXAMPLE}${why}`);
  if (/^[\w.-]*(:\d*)?$/.test(text)) throw refuse(`, got ${preview(text)}`);
  let url: URL;
  let [username, password] = ['', ''];
  try {
    url = new URL(text);
    [username, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  } catch {
    throw refuse('; in a password, characters such as @ : / # ? % are written %40 %3A %2F %23 %3F %25');
  }
  const { protocol, hostname, port, pathname, search, hash } = url;
  if (protocol !== 'redis:' && protocol !== 'rediss:') throw refuse(`, not ${preview(`${protocol}//`)}`);
  if (hostname === '') throw refuse('; it has no host');
  if (search || hash) throw refuse('; nothing follows a ? or #');
  if (!/^(\/\d{0,4})?$/.test(pathname)) throw refuse('; after the host comes nothing, or the number of a database');
  const db = Number(pathname.slice(1));
  return {
    label: `${protocol}//${hostname}${port && `:${port}`}${db ? `/${db}` : ''}`,
    connection: {
      host: hostname.replace(/^\[(.*)\]$/, '$1'), // an IPv6 address
      port: Number(port) || 6379,
      db,
      ...(username && { username }),
      ...(password && { password }),
      ...(protocol === 'rediss:' && { tls: {} }),
    },
  };
}

/** The name of the queue for this version and data set. */
export function queueName({ version, data }: Pick<Run, 'version' | 'data'>): string {
  const digest = createHash('sha256').update(`${data.train} ${data.test}`).digest('hex');
  return `${version}-${digest.slice(0, 16)}`;
}

/** Prefix of all keys in Redis. */
export const PREFIX = 'gd-train';

/** A hash in Redis from the name of a queue to the notice of its sweep; workers without runs read it to explain why. */
export const SWEEPS = `${PREFIX}:sweeps`;

/** The regular notice of a sweep about the runs that it waits for. */
export interface SweepNotice {
  readonly version: string;
  /** SHA-256 of its training images. */
  readonly train: string;
  /** Runs that no worker has taken. */
  readonly waiting: number;
  /** Time of the notice, in ms since 1970. */
  readonly time: number;
}

/**
 * The key of a hash in Redis from `ID WEIGHTS` to second records of runs. A worker that was disconnected for a while
 * may finish a run that another worker received in the meantime.
 */
export const secondAnswersKey = (queue: string) => `${PREFIX}:${queue}:second-answers`;

/**
 * Loads BullMQ, which is installed only on request.
 *
 * @throws MachineError if it is not installed or does not load
 */
export async function loadBullmq(): Promise<typeof import('bullmq')> {
  try {
    return await import('bullmq');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ERR_MODULE_NOT_FOUND' ? 'is not installed' : `does not load (${firstLine(message)})`;
    throw new MachineError(`--queue needs BullMQ, which ${why}: npm install bullmq@5`);
  }
}

/** A queue, and the connection that it uses. */
interface OpenQueue {
  readonly queue: Queue;
  readonly client: IRedisClient;
  /** Ends the connection; commands without an answer are rejected. */
  close(): void;
}

const PATIENCE = 10_000;

/** Connection options of BullMQ: commands wait while the server is unreachable, without a limit. */
const connectionOf = ({ connection }: QueueAddress, state = { isClosed: false }) => ({
  ...connection,
  connectTimeout: PATIENCE / 2,
  retryStrategy: (times: number) => (state.isClosed ? null : Math.min(1000, 100 * times)),
  maxRetriesPerRequest: null,
});

/** Options of every BullMQ object; without `skipVersionCheck` BullMQ may write to the console. */
export const commonOptions = (address: QueueAddress) => ({
  connection: connectionOf(address),
  prefix: PREFIX,
  skipVersionCheck: true,
});

/**
 * Connects to a server, and reports when the connection is lost and restored.
 *
 * @param say receives messages for the user
 * @returns undefined if the signal aborted first
 * @throws MachineError with the remedy if it does not answer within ten seconds, or is not a suitable server
 */
export async function openQueue(
  address: QueueAddress,
  name: string,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<OpenQueue | undefined> {
  const { Queue, RedisConnection } = await loadBullmq();
  const state = { isClosed: false };
  const connection = new RedisConnection(connectionOf(address, state), { blocking: true, skipVersionCheck: true });
  const timer = new AbortController();
  let last: Error | undefined;
  const refused = new Promise<never>((_, reject) => {
    connection.on('error', (error: Error) => {
      last = error;
      if (isFinal(error)) reject(refusal(address, error));
    });
    delay(PATIENCE, undefined, { signal: AbortSignal.any([signal, timer.signal]) }).then(
      () => reject(refusal(address, last)),
      (stopped: Error) => reject(stopped),
    );
  });
  try {
    const client = await Promise.race([connection.client, refused]);
    checkServer(address, await Promise.race([client.info(), refused]), say);
    const queue = new Queue(name, {
      ...commonOptions(address),
      connection: client,
      streams: { events: { maxLen: 1 } },
    });
    queue.on('error', () => undefined); // `watch` reports lost connections
    return { queue, client, close: watch(client, address, state, say) };
  } catch (error) {
    connection.close().catch(() => undefined);
    connection.on('error', () => undefined); // closing removes the listeners, and more errors may follow
    if (signal.aborted) return undefined;
    throw error;
  } finally {
    timer.abort();
  }
}

/** Reports when the connection is lost and restored; returns a function that ends it. */
function watch(
  client: IRedisClient,
  { label }: QueueAddress,
  state: { isClosed: boolean },
  say: (text: string) => void,
): () => void {
  let isAway = false;
  client.on('close', () => {
    if (!isAway && !state.isClosed) say(`${label} does not answer; waiting for it`);
    isAway = true;
  });
  client.on('ready', () => {
    if (isAway) say(`${label} answers again`);
    isAway = false;
  });
  return () => {
    state.isClosed = true;
    // Between two attempts ioredis would drop the waiting commands; the next attempt rejects them.
    if (client.status !== 'reconnecting') client.disconnect();
  };
}

/** Errors that a retry cannot fix. */
const isFinal = (error: Error & { code?: string }) =>
  error.name === 'ReplyError'
    ? !/^(LOADING|BUSY|MASTERDOWN)/.test(error.message)
    : FINAL.test(`${error.code} ${error.name}`);

const FINAL = /ENOTFOUND|CERT|SIGNATURE|ERR_SSL|ERR_TLS|EPROTO|ParserError/;

/** The error for a fault of the server, with its remedy. */
function refusal({ label, connection }: QueueAddress, error: (Error & { code?: string }) | undefined): MachineError {
  const { code = '', name = '', message = '' } = error ?? {};
  const said = printable(firstLine(message));
  const because = (text: string) => new MachineError(`${label} ${text}`);
  if (/^(WRONGPASS|NOAUTH|ERR AUTH|ERR invalid password)/.test(message)) {
    return because(`wants another user or password (${said}): GD_TRAIN_QUEUE=redis://USER:PASSWORD@${connection.host}`);
  }
  if (name === 'ReplyError') return because(`refuses: ${said}`);
  if (name === 'ParserError') return because(`is not a Redis or Valkey server (${said}): check host and port`);
  if (code === 'ENOTFOUND') return because('has an unknown host: check its name');
  if (/CERT|SIGNATURE/.test(code)) {
    return because(`has a certificate that is not trusted (${said}): set NODE_EXTRA_CA_CERTS to its authority's file`);
  }
  if (/ERR_SSL|ERR_TLS|EPROTO/.test(code)) return because(`does not speak TLS (${said}): redis:// is without`);
  return because(
    `does not answer (${said || 'silence'}) within 10 seconds: start Redis or Valkey there, such as by redis-server --appendonly yes, or check host, port and firewall; ${connection.tls ? 'redis:// is without' : 'rediss:// is with'} TLS`,
  );
}

function checkServer({ label }: QueueAddress, info: string, say: (text: string) => void): void {
  const [, version = ''] = /^redis_version:(\S{1,20})/m.exec(info) ?? [];
  const [, policy = 'noeviction'] = /^maxmemory_policy:(\S{1,20})/m.exec(info) ?? [];
  if (Number.parseInt(version) < 6)
    throw new MachineError(`${label} has version ${version}; 6.2 is the oldest that will do`);
  if (policy !== 'noeviction') {
    say(`${label} may throw runs away when its memory is full (maxmemory-policy ${policy}): set noeviction`);
  }
}

const firstLine = (text: string) => text.split('\n', 1)[0];

/** Waits until a promise settles, at most that long; a rejection is ignored. */
export async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const timer = new AbortController();
  const patience = delay(milliseconds, undefined, { signal: timer.signal });
  await Promise.race([work, patience]).catch(() => undefined);
  timer.abort();
  await patience.catch(() => undefined);
}
