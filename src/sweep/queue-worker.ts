import { once } from 'node:events';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Job } from 'bullmq';
import type { Data } from '../engines/engine.js';
import { preview } from '../errors.js';
import { type RunThread, startRunThread } from './local.js';
import { asRun, encodeRecord, type Run, type RunData, type RunRecord } from './record.js';
import {
  commonOptions,
  loadBullmq,
  openQueue,
  type QueueAddress,
  queueName,
  secondAnswersKey,
  type SweepNotice,
  SWEEPS,
  within,
} from './queue.js';

// The worker's side of the queue. BullMQ assigns a run to one worker as long as that worker renews its lock. If the
// worker was killed or lost its connection, another one receives the run.

/** Lifetime of a lock in ms; a worker renews it at half that time. */
const LOCK = 10_000;
/** Interval in ms of the search for runs whose lock expired; one of all workers does it. */
const LOOK_FOR_LOST = 5000;
/** A run fails if more than this many of its workers have vanished. */
const MOST_LOST = 20;
/** Time in ms for returning runs to the queue when the worker is stopped. */
const FAREWELL = 3000;
/** Interval in ms at which an idle worker looks for the reason why it gets no runs. */
const LOOK_FOR_REASON = 10_000;

interface WorkerOptions {
  readonly data: Data;
  /** Digests of the images. */
  readonly identity: RunData;
  readonly version: string;
  /** Runs at once, each in its own thread. */
  readonly threads: number;
  /** Stops the worker: unfinished runs return to the queue. */
  readonly signal: AbortSignal;
  /** Receives messages for the user. */
  readonly say: (text: string) => void;
  readonly onRecord: (record: RunRecord) => void;
  readonly onFailure: (run: Run, reason: string) => void;
}

/**
 * Makes runs of a queue until the signal aborts.
 *
 * @throws MachineError if the queue does not answer within ten seconds when it begins
 */
export async function serveQueue(address: QueueAddress, options: WorkerOptions): Promise<void> {
  const { data, identity, version, threads, signal, say } = options;
  const name = queueName({ version, data: identity });
  const { Worker, UnrecoverableError, WaitingError } = await loadBullmq();
  const remote = await openQueue(address, name, say, signal);
  if (remote === undefined) return;
  const { client } = remote;
  /** Threads without a run, and threads with one. */
  const [idle, busy]: [RunThread[], Set<RunThread>] = [[], new Set()];
  const making = new Set<Promise<unknown>>();
  /** Results that the queue has not yet accepted. */
  const untaken = new Map<string, RunRecord>();

  async function make(job: Job, token: string | undefined): Promise<string> {
    const run = checkRun(job.data as Partial<Run>);
    const thread = idle.pop() ?? startRunThread(data);
    busy.add(thread);
    if (signal.aborted) await thread.close();
    const ended = await thread.make(run, () => undefined);
    busy.delete(thread);
    if (signal.aborted) {
      await job.moveToWait(token).catch(() => undefined); // if that fails, the lock expires
      throw new WaitingError();
    }
    if (ended.type === 'failed') {
      await thread.close(); // it may be dead
      options.onFailure(run, ended.reason);
      throw new Error(ended.reason);
    }
    idle.push(thread);
    untaken.set(run.id, ended.record);
    return encodeRecord(ended.record);
  }

  /** Checks a run from the queue, which is not trusted. */
  function checkRun(stored: Partial<Run>): Run {
    try {
      const run = asRun(stored);
      if (queueName(run) !== name) throw new RangeError(`it is for version ${preview(run.version)} or other images`);
      return run;
    } catch (error) {
      throw new UnrecoverableError(`not a run for this worker: ${(error as Error).message}`);
    }
  }

  async function attempt(job: Job, token: string | undefined): Promise<string> {
    const made = make(job, token);
    making.add(made);
    return made.finally(() => making.delete(made));
  }

  const worker = new Worker(name, attempt, {
    ...commonOptions(address),
    name: hostname(),
    concurrency: threads,
    lockDuration: LOCK,
    stalledInterval: LOOK_FOR_LOST,
    maxStalledCount: MOST_LOST,
    runRetryDelay: 1000, // after a lost connection
  });
  worker.on('completed', ({ id }) => {
    const record = untaken.get(id!);
    untaken.delete(id!);
    if (record !== undefined) options.onRecord(record);
  });
  worker.on('error', ({ message }) => {
    // BullMQ rejects a result when the lock has expired. Another worker may have made the run too: the sweep compares.
    const late = [...untaken.values()].find(({ id }) => message.includes(id));
    if (late === undefined) return; // an error of the connection: openQueue reports it
    untaken.delete(late.id);
    say(`run ${late.id.slice(0, 8)} was given to another worker meanwhile; the sweep compares the two results`);
    client.hset(secondAnswersKey(name), { [`${late.id} ${late.weights}`]: encodeRecord(late) }).catch(() => undefined);
  });

  async function tellWhyNothing(): Promise<void> {
    for (let told: string | undefined; ; await delay(LOOK_FOR_REASON, undefined, { signal })) {
      const reason = making.size > 0 ? undefined : whyNothing(await client.hgetall(SWEEPS), name, options);
      if (reason !== undefined && reason !== told) say(reason);
      told = reason ?? told;
    }
  }
  tellWhyNothing().catch(() => undefined); // ended by the signal, or by closing the connection below

  if (!signal.aborted) await once(signal, 'abort');
  for (const thread of busy) void thread.close(); // their runs fail and return to the queue
  await worker.pause(true);
  await within(FAREWELL, Promise.allSettled(making));
  await worker.close(true);
  remote.close();
  await Promise.all(idle.map((thread) => thread.close()));
}

/** Why a worker gets no runs although some wait: they are for another version or other images. */
function whyNothing(
  sweeps: Readonly<Record<string, string>>,
  name: string,
  { version, identity }: Pick<WorkerOptions, 'version' | 'identity'>,
): string | undefined {
  const recent = Date.now() - 6 * LOOK_FOR_REASON;
  const others = Object.entries(sweeps).flatMap(([queue, text]) => (queue === name ? [] : (parseNotice(text) ?? [])));
  const other = others.find(({ waiting, time }) => waiting > 0 && time > recent);
  if (other === undefined) return undefined;
  const left = `${other.waiting} runs are left to other workers:`;
  if (other.version !== version) return `${left} they are for gd-train ${other.version}, this is ${version}`;
  const [theirs, ours] = [other.train, identity.train].map((digest) => digest.slice(0, 8));
  return `${left} they are for the training images ${theirs}, and these are ${ours}: name their folder with --data`;
}

/** Undefined if it is not a notice. */
function parseNotice(text: string): SweepNotice | undefined {
  try {
    const { version, train, waiting, time } = JSON.parse(text.slice(0, 1000)) as SweepNotice;
    const isRight =
      [version, train].every((word) => typeof word === 'string' && word.length <= 64) &&
      [waiting, time].every(Number.isFinite);
    return isRight ? { version, train, waiting, time } : undefined;
  } catch {
    return undefined;
  }
}
