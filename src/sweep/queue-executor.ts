import { setTimeout as delay } from 'node:timers/promises';
import type { IRedisClient, Job, Queue } from 'bullmq';
import { InputError, plural } from '../errors.js';
import { checkSameResult, parseRecord, type Run, type RunRecord } from './record.js';
import {
  openQueue,
  type QueueAddress,
  queueName,
  secondAnswersKey,
  type SweepNotice,
  SWEEPS,
  within,
} from './queue.js';
import type { Executor, SweepEvent } from './run.js';

// The sweep's side of the queue. It polls the state of the queue instead of listening to events, so that nothing is
// lost when the connection breaks or this process is suspended.

/** Runs that are enqueued, and records that are collected, per poll. */
const BATCH = 500;
/** Active and finished jobs that are read per poll. */
const PAGE = 1000;
/** Shortest and longest poll interval in ms: it grows while nothing happens. */
const [SOONEST, LATEST] = [50, 1000];
/** Interval in ms of tasks that are not needed at every poll. */
const NOW_AND_THEN = 5000;
/** Interval in ms after which unanswered runs are enqueued again, in case the server has lost them. */
const PUT_AGAIN = 30_000;
/** Time in ms for removing waiting runs when the sweep is stopped. */
const FAREWELL = 2000;
const WEEK = 7 * 24 * 3600;

/** Results that no sweep collects are deleted after a week. */
const JOB_OPTIONS = {
  attempts: 3,
  backoff: { type: 'exponential', delay: 1000 },
  stackTraceLimit: 0,
  removeOnComplete: { age: WEEK },
  removeOnFail: { age: WEEK },
};

interface ExecutorOptions {
  /** The stored record of a run, if there is one. */
  readonly recorded: (id: string) => RunRecord | undefined;
  /** Receives messages for the user. */
  readonly say: (text: string) => void;
}

/**
 * Makes runs by workers on other machines; at most some hundred runs wait in the queue. A result is removed from the
 * queue only when the caller asks for the next event, so that a sweep that fails before it stores the result loses
 * nothing.
 *
 * @throws MachineError if the queue does not answer, or if two machines have made one run with different results
 */
export function queueExecutor(address: QueueAddress, { recorded, say }: ExecutorOptions): Executor {
  return async function* (runs, signal) {
    if (runs.length === 0) return;
    const name = queueName(runs[0]);
    const remote = await openQueue(address, name, say, signal);
    if (remote === undefined) return;
    const { queue, client, close } = remote;
    const todo = runs.values();
    let left = runs.length;
    /** Enqueued runs whose results have not been collected. */
    const pending = new Map<string, Run>();
    const started = new Set<string>();
    const put = (some: readonly Run[]) =>
      queue.addBulk(some.map((run) => ({ name: 'run', data: run, opts: { ...JOB_OPTIONS, jobId: run.id } })));

    let stopping: Promise<void> | undefined;
    const stop = () => {
      const farewell = takeBack(queue, pending).then(() => client.hdel(SWEEPS, name));
      stopping = within(FAREWELL, farewell).finally(close); // closing also ends what the loop waits for
    };
    signal.addEventListener('abort', stop, { once: true });
    const due = { putAgain: performance.now() + PUT_AGAIN, notice: 0, secondAnswers: 0 };
    const isDue = (what: keyof typeof due, every: number) => {
      const now = performance.now();
      if (now < due[what]) return false;
      due[what] = now + every;
      return true;
    };
    let quietSince = performance.now();

    try {
      for (let pause = SOONEST; ; pause = Math.min(LATEST, 1.5 * pause)) {
        // Enqueue
        const { wait, active } = await queue.getJobCounts('wait', 'active');
        const more = wait < BATCH / 2 || pending.size === 0 ? take(todo, BATCH) : [];
        left -= more.length;
        for (const run of more) pending.set(run.id, run);
        if (more.length > 0) await put(more);
        if (isDue('putAgain', PUT_AGAIN)) {
          const all = pending.values();
          for (let some = take(all, BATCH); some.length > 0; some = take(all, BATCH)) await put(some);
        }
        if (isDue('notice', NOW_AND_THEN)) {
          const { version, data } = runs[0];
          const notice: SweepNotice = { version, train: data.train, waiting: wait + more.length, time: Date.now() };
          await client.hset(SWEEPS, { [name]: JSON.stringify(notice) });
        }

        // Collect
        const mine = async (states: ('active' | 'completed' | 'failed')[]) =>
          (await queue.getRanges(states, 0, PAGE - 1)).filter((id) => pending.has(id));
        for (const id of await mine(['active'])) if (isNew(id)) yield { type: 'started', run: pending.get(id)! };
        const ended = (await mine(['completed', 'failed'])).reverse().slice(0, BATCH); // the newest come first
        for (const job of await Promise.all(ended.map((id) => queue.getJob(id)))) {
          if (job === undefined) continue; // another sweep took it; it is enqueued again later
          const run = pending.get(job.id!)!;
          if (isNew(run.id)) yield { type: 'started', run };
          yield endOf(run, job); // the caller has stored the record when it asks for the next event
          pending.delete(run.id);
          started.delete(run.id);
        }
        await Promise.all(ended.map((id) => queue.remove(id)));
        const isOver = left + pending.size === 0;
        if (isDue('secondAnswers', NOW_AND_THEN) || isOver) await compareSecondAnswers(client, name, recorded);
        if (isOver) return;

        // Wait
        if (ended.length > 0 || active > 0) quietSince = performance.now();
        else if (performance.now() - quietSince > 2 * NOW_AND_THEN) {
          quietSince = Infinity; // until a worker comes
          say(noWorkerNote(address, runs[0], left + pending.size));
        }
        if (ended.length > 0) pause = SOONEST;
        if (ended.length < BATCH) await delay(pause, undefined, { signal });
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', stop);
      if (stopping === undefined) await within(FAREWELL, client.hdel(SWEEPS, name)).finally(close);
      await stopping;
    }

    function isNew(id: string): boolean {
      return !started.has(id) && started.add(id) !== undefined;
    }
  };
}

/** At most `count` next items of an iterator. */
function take<T>(items: Iterator<T>, count: number): T[] {
  const taken: T[] = [];
  while (taken.length < count) {
    const { done, value } = items.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

/** The event of a finished job. The worker's answer is not trusted: it is parsed and checked as a file is. */
function endOf(run: Run, { returnvalue, failedReason, processedBy }: Job): SweepEvent {
  const machine = processedBy ?? 'a machine without a name';
  if (typeof returnvalue !== 'string') {
    const isLost = /^job stalled/.test(failedReason ?? '');
    const reason = isLost ? 'one worker after the other ended while it made this run' : (failedReason ?? 'no answer');
    return { type: 'failed', run, reason: `${reason} (on ${machine})` };
  }
  try {
    const record = parseRecord(returnvalue, `the answer of ${machine}`);
    if (record.id !== run.id) throw new InputError(`the answer of ${machine} is about another run, ${record.id}`);
    return { type: 'done', run, record };
  } catch (error) {
    return { type: 'failed', run, reason: (error as Error).message };
  }
}

/** @throws MachineError that names both machines if two answers to one run differ */
async function compareSecondAnswers(
  client: IRedisClient,
  name: string,
  recorded: ExecutorOptions['recorded'],
): Promise<void> {
  const key = secondAnswersKey(name);
  for (const [field, text] of Object.entries(await client.hgetall(key))) {
    const second = readSecondAnswer(text);
    const first = second && recorded(second.id);
    if (second && !first) continue; // of another sweep, or before its first answer was stored
    await client.hdel(key, field);
    if (second && first) checkSameResult(first, second);
  }
}

/** Undefined if it is not a record. */
function readSecondAnswer(text: string): RunRecord | undefined {
  try {
    return parseRecord(text, 'a second answer');
  } catch {
    return undefined;
  }
}

/** Removes the waiting runs, so that no worker makes runs whose sweep has ended. */
async function takeBack(queue: Queue, pending: ReadonlyMap<string, Run>): Promise<void> {
  const waiting = await queue.getRanges(['wait', 'delayed'], 0, -1);
  await Promise.all(waiting.filter((id) => pending.has(id)).map((id) => queue.remove(id)));
}

function noWorkerNote({ label }: QueueAddress, { version, data }: Run, waiting: number): string {
  return `no worker takes the ${plural(waiting, 'run')} that wait: on some machines, start gd-train worker --queue ${label} of version ${version} with the same images (${data.train.slice(0, 8)})`;
}
