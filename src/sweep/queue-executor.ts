import { setTimeout as delay } from 'node:timers/promises';
import type { IRedisClient, Job, Queue } from 'bullmq';
import { InputError, plural } from '../errors.js';
import { checkSameResult } from './folder.js';
import type { Run } from './plan.js';
import { parseRecord, type RunRecord } from './record.js';
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

// The side of the sweep. It asks the queue for its state instead of listening to events: what was missed, because a
// connection or this process had gone away, is seen at the next look.

/** Runs that are put at once, and records that are taken at once. */
const BATCH = 500;
/** Runs that are looked at, of those that are being made or have ended. */
const PAGE = 1000;
/** Milliseconds between two looks: more and more while nothing happens. */
const [SOONEST, LATEST] = [50, 1000];
/** Milliseconds between two looks at what is rare. */
const NOW_AND_THEN = 5000;
/** Milliseconds after which runs without an answer are put again, in case that the server has lost them. */
const PUT_AGAIN = 30_000;
/** Milliseconds for taking back what no worker has begun, when the sweep is stopped. */
const FAREWELL = 2000;
const WEEK = 7 * 24 * 3600;

/** How a run is put. What a sweep does not collect is thrown away after a week. */
const JOB_OPTIONS = {
  attempts: 3,
  backoff: { type: 'exponential', delay: 1000 },
  stackTraceLimit: 0,
  removeOnComplete: { age: WEEK },
  removeOnFail: { age: WEEK },
};

interface Sweep {
  /** The record that is kept of a run, if there is one. */
  readonly recorded: (id: string) => RunRecord | undefined;
  /** Gets what the user should know. */
  readonly say: (text: string) => void;
}

/**
 * Has workers on other machines make runs. At most some hundred runs more than the workers have taken are in the queue.
 * An event of a run that has ended is repeated by the next sweep if the caller does not come back for another event.
 *
 * @throws MachineError if the queue does not answer, or if two machines have made one run with different results
 */
export function queueExecutor(address: QueueAddress, { recorded, say }: Sweep): Executor {
  return async function* (runs, signal) {
    if (runs.length === 0) return;
    const name = queueName(runs[0]);
    const remote = await openQueue(address, name, say, signal);
    if (remote === undefined) return;
    const { queue, client, close } = remote;
    const todo = runs.values();
    let left = runs.length;
    /** In the queue, and without an answer as far as we know. */
    const pending = new Map<string, Run>();
    const started = new Set<string>();
    const put = (some: readonly Run[]) =>
      queue.addBulk(some.map((run) => ({ name: 'run', data: run, opts: { ...JOB_OPTIONS, jobId: run.id } })));

    let stopping: Promise<void> | undefined;
    const stop = () => {
      const farewell = takeBack(queue, pending).then(() => client.hdel(SWEEPS, name));
      stopping = within(FAREWELL, farewell).finally(close); // also ends what the loop waits for
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
        // Put
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

        // Take
        const mine = async (states: ('active' | 'completed' | 'failed')[]) =>
          (await queue.getRanges(states, 0, PAGE - 1)).filter((id) => pending.has(id));
        for (const id of await mine(['active'])) if (isNew(id)) yield { type: 'started', run: pending.get(id)! };
        const ended = (await mine(['completed', 'failed'])).reverse().slice(0, BATCH); // the newest come first
        for (const job of await Promise.all(ended.map((id) => queue.getJob(id)))) {
          if (job === undefined) continue; // another sweep wanted it too, and took it: it is put again
          const run = pending.get(job.id!)!;
          if (isNew(run.id)) yield { type: 'started', run };
          yield endOf(run, job); // when it returns from here the caller has kept the record
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

/** The next items of an iterator, at most that many. */
function take<T>(items: Iterator<T>, count: number): T[] {
  const taken: T[] = [];
  while (taken.length < count) {
    const { done, value } = items.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

/** What came of a run. What workers wrote is checked like any file of a stranger. */
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
async function compareSecondAnswers(client: IRedisClient, name: string, recorded: Sweep['recorded']): Promise<void> {
  const key = secondAnswersKey(name);
  for (const [field, text] of Object.entries(await client.hgetall(key))) {
    const second = readSecondAnswer(text);
    const first = second && recorded(second.id);
    if (second && !first) continue; // another sweep's, or one whose first answer is on its way
    await client.hdel(key, field);
    if (second && first) checkSameResult(first, second);
  }
}

/** Undefined for what no worker writes. */
function readSecondAnswer(text: string): RunRecord | undefined {
  try {
    return parseRecord(text, 'a second answer');
  } catch {
    return undefined;
  }
}

/** Removes what no worker has begun, so that workers do not compute what no sweep waits for. */
async function takeBack(queue: Queue, pending: ReadonlyMap<string, Run>): Promise<void> {
  const waiting = await queue.getRanges(['wait', 'delayed'], 0, -1);
  await Promise.all(waiting.filter((id) => pending.has(id)).map((id) => queue.remove(id)));
}

function noWorkerNote({ label }: QueueAddress, { version, data }: Run, waiting: number): string {
  return `no worker takes the ${plural(waiting, 'run')} that wait: on some machines, start gd-train worker --queue ${label} of version ${version} with the same images (${data.train.slice(0, 8)})`;
}
