import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Job } from 'bullmq';
import type { Data } from '../engines/engine.js';
import { preview } from '../errors.js';
import { type Lane, openLane } from './local.js';
import { asRun, encodeRecord, type RunRecord } from './record.js';
import type { Run, RunData } from './plan.js';
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

// The side of the machines that make runs. BullMQ gives a run to one worker at a time, for as long as the worker renews
// its lock; if that ends, because the worker was killed or cut off, another worker gets the run.

/** Milliseconds for which a run belongs to a worker that shows no sign of life; it renews them at half that time. */
const LOCK = 10_000;
/** Milliseconds between two looks for runs whose worker has gone. Whatever the number of workers, one of them looks. */
const LOOK_FOR_LOST = 5000;
/** A run that has ended so many workers is not given to another one. */
const MOST_LOST = 20;
/** Milliseconds for giving runs back when the worker is stopped. */
const FAREWELL = 3000;
/** Milliseconds between two looks at why there is nothing to do. */
const LOOK_FOR_REASON = 10_000;

interface WorkerOptions {
  readonly data: Data;
  /** Digests of the images. */
  readonly identity: RunData;
  readonly version: string;
  /** Runs at once, each in a thread of its own. */
  readonly threads: number;
  /** Ends the work: runs in the middle are given back. */
  readonly signal: AbortSignal;
  /** Gets what the user should know. */
  readonly say: (text: string) => void;
  readonly onRecord: (record: RunRecord) => void;
  readonly onFailure: (run: Run, reason: string) => void;
}

/**
 * Makes runs of a queue until the signal says stop.
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
  /** Threads without a run, and those with one. */
  const [idle, busy]: [Lane[], Set<Lane>] = [[], new Set()];
  const making = new Set<Promise<unknown>>();
  /** Made, and not yet taken by the queue. */
  const untaken = new Map<string, RunRecord>();

  async function make(job: Job, token: string | undefined): Promise<string> {
    const run = checkRun(job.data as Partial<Run>);
    const lane = idle.pop() ?? openLane(data);
    busy.add(lane);
    if (signal.aborted) await lane.close();
    const ended = await lane.make(run, () => undefined);
    busy.delete(lane);
    if (signal.aborted) {
      await job.moveToWait(token).catch(() => undefined); // if it fails the lock ends by itself
      throw new WaitingError();
    }
    if (ended.type === 'failed') {
      await lane.close(); // it may be dead
      options.onFailure(run, ended.reason);
      throw new Error(ended.reason);
    }
    idle.push(lane);
    untaken.set(run.id, ended.record);
    return encodeRecord(ended.record);
  }

  /** A run from the queue, to which others may have written. */
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
    // BullMQ refuses an answer when the lock was lost. By then another worker may have answered: the sweep compares.
    const late = [...untaken.values()].find(({ id }) => message.includes(id));
    if (late === undefined) return; // connections: openQueue tells
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
  tellWhyNothing().catch(() => undefined); // the signal, or the connection that is closed below, ends it

  await once(signal);
  for (const lane of busy) void lane.close(); // what they make fails, and is given back
  await worker.pause(true);
  await within(FAREWELL, Promise.allSettled(making));
  await worker.close(true);
  remote.close();
  await Promise.all(idle.map((lane) => lane.close()));
}

/** Resolves when a signal says stop. */
async function once(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

/** Why a worker gets no runs though there are some: they are for another version, or for other images. */
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

/** Undefined for what no sweep writes. */
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
