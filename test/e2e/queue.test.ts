import { Queue } from 'bullmq';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { writeDataset } from '../helpers/idx.js';
import { describeRedis, freePort, startRedis } from '../helpers/redis.js';
import { start, temporaryFolder } from '../helpers/run.js';
import { loadDataset } from '#src/dataset/mnist.js';
import { version } from '#src/files/read.js';
import { randomStream } from '#src/network/random.js';
import { type Run, runOf } from '#src/sweep/record.js';
import { queueExecutor } from '#src/sweep/queue-executor.js';
import { PREFIX, queueAddress, queueName, SWEEPS } from '#src/sweep/queue.js';
import type { RunRecord } from '#src/sweep/record.js';
import { runOne, type SweepEvent } from '#src/sweep/run.js';
import { DEFAULTS } from '#src/training/hyper-parameters.js';
import { identifyDataset } from '#src/training/model-file.js';

const folder = temporaryFolder();
writeDataset(folder);
const data = loadDataset(folder);
const identity = identifyDataset(data);

const runsOf = (count: number, iterations: number, made = version()): Run[] =>
  Array.from({ length: count }, (_, seed) =>
    runOf({ ...DEFAULTS, hiddenSize: 12, batchSize: 7, iterations, evalEvery: iterations, seed }, identity, made),
  );

const startWorker = (url: string, ...more: string[]) =>
  start(['worker', '--queue', url, '--data', folder, '--threads', '1', ...more], folder);

/** A sweep in this process, which keeps records as the command does in files. */
function openSweep(url: string, records: Map<string, RunRecord>) {
  const said: string[] = [];
  const controller = new AbortController();
  const execute = queueExecutor(queueAddress(url), {
    recorded: (id) => records.get(id),
    say: (text) => said.push(text),
  });
  async function* events(runs: readonly Run[]): AsyncGenerator<SweepEvent> {
    for await (const event of execute(runs, controller.signal)) {
      if (event.type === 'done') {
        expect(records.has(event.run.id)).toBe(false); // no result comes twice
        records.set(event.run.id, event.record);
      }
      yield event;
    }
  }
  return { said, controller, events };
}

async function end(worker: ReturnType<typeof start>, signal: NodeJS.Signals = 'SIGINT') {
  worker.child.kill(signal);
  return worker.ended;
}

describeRedis('a sweep over many machines', () => {
  test('workers killed at random moments, one cut off, Redis restarted: 100 runs, each once, in the bits of this process', async () => {
    const redis = await startRedis();
    const random = randomStream(0);
    const runs = runsOf(100, 3000);
    const records = new Map<string, RunRecord>();
    const sweep = openSweep(redis.url, records);
    const others = [startWorker(redis.url)];
    const frozen = startWorker(redis.url);
    let [isWorking, isFrozen] = [false, false];
    void frozen.says('\nrun ').then(() => (isWorking = true));
    for (const { says } of [frozen, ...others]) await says('worker of gd-train');
    let [restarts, kills] = [0, 0];

    for await (const event of sweep.events(runs)) {
      if (event.type === 'failed') throw new Error(event.reason);
      if (event.type === 'started') continue;
      if (isWorking && !isFrozen) {
        isFrozen = frozen.child.kill('SIGSTOP');
        others.push(startWorker(redis.url));
      } else if (event.type === 'done' && random.uniform() < 0.15) {
        await delay(50 * random.uniform());
        others.shift()!.child.kill('SIGKILL');
        kills++;
        others.push(startWorker(redis.url));
      }
      if (event.type === 'done' && (records.size === 30 || records.size === 70)) {
        await redis.stop(restarts++ === 0 ? 'SIGKILL' : 'SIGTERM');
        await delay(500);
        await redis.start();
      }
    }
    expect(restarts).toBe(2);
    expect(kills).toBeGreaterThan(3);
    expect(isFrozen).toBe(true);
    expect(sweep.said).toContain(`${redis.url} answers again`);
    expect(records.size).toBe(100);
    for (const run of runs) {
      const { weights, outcome, curves } = await runOne(run, data);
      expect(records.get(run.id)).toMatchObject({ weights, outcome, curves });
    }

    // The disconnected worker finishes its run too late: the next sweep compares the results, which are equal.
    frozen.child.kill('SIGCONT');
    await frozen.says('was given to another worker meanwhile');
    const [more] = runsOf(101, 3000).slice(100);
    for await (const event of openSweep(redis.url, records).events([more])) void event;
    const queue = new Queue(queueName(more), { connection: { port: redis.port }, prefix: PREFIX });
    const client = await queue.client;
    expect(await client.hgetall(`${PREFIX}:${queue.name}:second-answers`)).toEqual({});
    expect(await queue.getJobCounts()).toMatchObject({ active: 0, completed: 0, failed: 0, waiting: 0 });
    await queue.close();
    for (const worker of [frozen, ...others]) expect((await end(worker)).status).toBe(130);
  }, 200_000);

  test('two results of one run are an error that names both machines', async () => {
    const redis = await startRedis();
    const [run] = runsOf(1, 30);
    const record = await runOne(run, data);
    const wrong = { ...record, weights: record.weights.replace(/^.{8}/, '00000000'), machine: 'liar' };
    const queue = new Queue(queueName(run), { connection: { port: redis.port }, prefix: PREFIX });
    const { encodeRecord } = await import('#src/sweep/record.js');
    await (
      await queue.client
    ).hset(`${PREFIX}:${queue.name}:second-answers`, {
      [`${run.id} ${wrong.weights}`]: encodeRecord(wrong),
      nonsense: '{"format":"gd-train run 1"}',
    });
    const worker = startWorker(redis.url);
    const records = new Map<string, RunRecord>();
    const sweep = async () => {
      for await (const event of openSweep(redis.url, records).events([run])) void event;
    };
    await expect(sweep()).rejects.toThrow(
      `run ${run.id} has two results: "${record.machine}" got weights ${record.weights.slice(0, 12)}, "liar" got weights 00000000`,
    );
    await queue.close();
    await end(worker);
  });

  test('a sweep that ends removes its waiting runs; results made without it are taken by the next one', async () => {
    const redis = await startRedis();
    const runs = runsOf(12, 20);
    const queue = new Queue(queueName(runs[0]), { connection: { port: redis.port }, prefix: PREFIX });
    const records = new Map<string, RunRecord>();

    // Without a worker: when the sweep is stopped, no run is left in the queue.
    const stopped = openSweep(redis.url, records);
    const going = (async () => {
      for await (const event of stopped.events(runs)) void event;
    })();
    while ((await queue.getWaitingCount()) < 12) await delay(20);
    stopped.controller.abort();
    await going;
    expect(await queue.getWaitingCount()).toBe(0);

    // Killed after the first result: the worker goes on with the queue.
    const worker = startWorker(redis.url);
    for await (const event of openSweep(redis.url, records).events(runs)) if (event.type === 'done') break;
    while ((await queue.getCompletedCount()) < 12) await delay(20); // the first one too, because it may not have been kept
    await end(worker);
    records.clear();
    const events: string[] = [];
    for await (const { type } of openSweep(redis.url, records).events(runs)) events.push(type);
    expect(events.filter((type) => type === 'done').length).toBe(12);
    expect(await queue.getJobCounts()).toMatchObject({ waiting: 0, active: 0, completed: 0 });
    await queue.close();
  });

  test('Ctrl-C returns the unfinished run at once; exit 130', async () => {
    const redis = await startRedis();
    const [run] = runsOf(1, 1e9);
    const queue = new Queue(queueName(run), { connection: { port: redis.port }, prefix: PREFIX });
    const sweep = openSweep(redis.url, new Map());
    const going = (async () => {
      for await (const event of sweep.events([run])) void event;
    })();
    const worker = startWorker(redis.url, '--json');
    while ((await queue.getActiveCount()) === 0) await delay(20);
    const { status, stdout } = await end(worker);
    expect(status).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ made: 0, failed: 0, stopped: 'SIGINT' });
    expect(await queue.getJobCounts()).toMatchObject({ waiting: 1, active: 0 });
    sweep.controller.abort();
    await going;
    await queue.close();
  });

  test('Ctrl-C while the server is down: exit 130', async () => {
    const redis = await startRedis();
    const [run] = runsOf(1, 1e9);
    const queue = new Queue(queueName(run), { connection: { port: redis.port }, prefix: PREFIX });
    const flags = ['--data', folder, '--iters', '900000000', '--out', join(temporaryFolder(), 'runs')];
    const sweep = start(['sweep', ...flags, '--queue', redis.url], folder);
    const worker = startWorker(redis.url);
    while ((await queue.getActiveCount()) === 0) await delay(20);
    await queue.close();
    await redis.stop('SIGKILL');
    for (const { says } of [sweep, worker]) await says('does not answer; waiting for it');
    const { status, stderr } = await end(sweep);
    expect(status).toBe(130);
    expect(stderr).toMatch(/to go on: \S+ \S+gd-train\.js sweep /);
    expect((await end(worker)).status).toBe(130);
  });

  test('a worker with other images, or of another version, leaves runs to others and says why', async () => {
    const redis = await startRedis();
    const other = temporaryFolder();
    writeDataset(other, 50);
    const queue = new Queue(queueName(runsOf(1, 20)[0]), { connection: { port: redis.port }, prefix: PREFIX });
    const client = await queue.client;
    const sweep = openSweep(redis.url, new Map());
    const going = (async () => {
      for await (const event of sweep.events(runsOf(3, 20))) void event;
    })();
    while (Object.keys(await client.hgetall(SWEEPS)).length < 1) await delay(20);
    const worker = start(['worker', '--queue', redis.url, '--data', other], folder);
    await worker.says('3 runs are left to other workers: they are for the training images');
    await worker.says(`${identity.train.slice(0, 8)}, and these are `);
    await end(worker, 'SIGKILL');
    sweep.controller.abort();
    await going;

    expect(await client.hgetall(SWEEPS)).toEqual({});
    const older = openSweep(redis.url, new Map());
    const waiting = (async () => {
      for await (const event of older.events(runsOf(3, 20, '9.9.9'))) void event;
    })();
    while (Object.keys(await client.hgetall(SWEEPS)).length < 1) await delay(20);
    const newer = startWorker(redis.url);
    await newer.says(`3 runs are left to other workers: they are for gd-train 9.9.9, this is ${version()}`);
    await end(newer, 'SIGKILL');
    older.controller.abort();
    await waiting;
    await queue.close();
  });

  test('invalid data in the queue is refused', async () => {
    const redis = await startRedis();
    const [good, bad, lie] = runsOf(3, 20);
    const queue = new Queue(queueName(good), { connection: { port: redis.port }, prefix: PREFIX });
    await queue.add('run', { ...bad, settings: { ...bad.settings, hiddenSize: 1e9 } }, { jobId: bad.id });
    await queue.add('run', { ...lie, settings: { ...lie.settings, seed: 7 } }, { jobId: lie.id });
    await queue.add('run', 'nonsense', { jobId: 'nonsense' });
    const worker = startWorker(redis.url);
    const failures: string[] = [];
    for await (const event of openSweep(redis.url, new Map()).events([bad, lie, good])) {
      if (event.type === 'failed') failures.push(event.reason);
    }
    expect(failures.sort()).toEqual([
      expect.stringMatching(/^not a run for this worker: hiddenSize is out of range: 1000000000 \(on .+\)$/),
      expect.stringMatching(/^not a run for this worker: its id "[\da-f]{32}" is not that of its settings/),
    ]);
    await end(worker);
    await queue.close();
  });

  test('user and password come from the environment or the URL, and appear in no output', async () => {
    const redis = await startRedis('--requirepass', 'secret-word');
    const cwd = temporaryFolder();
    const address = `redis://:secret-word@127.0.0.1:${redis.port}`;
    const worker = startWorker(address);
    await worker.says('worker of gd-train');
    if (process.platform === 'linux') {
      expect(readFileSync(`/proc/${worker.child.pid}/cmdline`, 'latin1')).toMatch(/^gd-train worker\0*$/);
    }
    const flags = [
      '--data',
      folder,
      '--hidden',
      '12',
      '--batch',
      '7',
      '--iters',
      '20',
      '--seeds',
      '0..4',
      '--out',
      'runs',
    ];
    process.env.GD_TRAIN_QUEUE = address;
    const sweep = start(['sweep', ...flags, '--queue', redis.url, '--json'], cwd);
    delete process.env.GD_TRAIN_QUEUE;
    const { status, stdout, stderr } = await sweep.ended;
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ runs: 5, missing: 0 });
    const files = readdirSync(join(cwd, 'runs')).filter((name) => /^[\da-f]{32}\.json$/.test(name));
    const made = await Promise.all(
      files.map((name) => JSON.parse(readFileSync(join(cwd, 'runs', name), 'utf8')) as RunRecord),
    );
    expect(made.length).toBe(5);
    for (const record of made) expect(record.weights).toBe((await runOne(record, data)).weights);

    const endless = start(['sweep', '--data', folder, '--iters', '900000000', '--queue', address], cwd);
    const connection = { port: redis.port, password: 'secret-word' };
    const queue = new Queue(queueName(made[0]), { connection, prefix: PREFIX });
    while ((await queue.getActiveCount()) === 0) await delay(20);
    await queue.close();
    const { status: stopped, stderr: more } = await end(endless);
    expect(stopped).toBe(130);
    const said = stderr + more + (await end(worker)).stderr;
    expect(said).toContain(`--queue redis://127.0.0.1:${redis.port}`);
    expect(said).not.toContain('secret');
  });
});

describe('a queue that does not work gives an error in one line', () => {
  const tryQueue = async (url: string, nodeArgs: string[] = []) => {
    const { status, stderr } = await start(['worker', '--queue', url, '--data', folder, '--quiet'], folder, nodeArgs)
      .ended;
    expect(stderr).not.toContain('secret');
    expect(stderr.split('\n').length).toBe(2);
    return { status, stderr };
  };

  test.each([
    ['localhost', 'must be redis://host'],
    ['http://user:secret@host', 'not "http://"'],
    ['redis://user:sec#ret@host', 'are written %40'],
    ['redis://user:secret@', 'host'],
    ['redis://user:secret@host/zero', 'the number of a database'],
    ['redis://host?password=secret', 'nothing follows a ?'],
  ])('%s', async (url, message) => {
    const { status, stderr } = await tryQueue(url);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });

  test('nothing listens: ten seconds, then the remedy', async () => {
    const { status, stderr } = await tryQueue(`redis://user:secret@127.0.0.1:${await freePort()}`);
    expect(stderr).toMatch(
      /does not answer \(connect ECONNREFUSED .+\) within 10 seconds: start Redis or Valkey there/,
    );
    expect(status).toBe(1);
  });

  test('another program listens', async () => {
    const server = createServer((socket) => {
      socket.on('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const { status, stderr } = await tryQueue(`redis://:secret@127.0.0.1:${port}`);
    expect(stderr).toContain('is not a Redis or Valkey server');
    expect(status).toBe(1);
    server.close();
  });

  test('no such host', async () => {
    const { status, stderr } = await tryQueue('redis://:secret@no-such-host.invalid');
    expect(stderr).toBe('gd-train: redis://no-such-host.invalid has an unknown host: check its name\n');
    expect(status).toBe(1);
  });

  test('BullMQ is not installed', async () => {
    const hook = new URL('../helpers/without-bullmq.js', import.meta.url).href;
    const { status, stderr } = await tryQueue('redis://host', [`--import=${hook}`]);
    expect(stderr).toBe('gd-train: --queue needs BullMQ, which is not installed: npm install bullmq@5\n');
    expect(status).toBe(1);
  });
});

describeRedis('a server that refuses', () => {
  test.each([
    ['redis://', 'NOAUTH'],
    ['redis://:secret@', 'WRONGPASS'],
    ['redis://user:secret@', 'WRONGPASS'],
  ])('%s', async (credentials, reason) => {
    const redis = await startRedis('--requirepass', 'other');
    const url = `${credentials}127.0.0.1:${redis.port}`;
    const { status, stderr } = await start(['worker', '--queue', url, '--data', folder, '--quiet'], folder).ended;
    expect(stderr).toMatch(
      new RegExp(`^gd-train: redis://127.0.0.1:\\d+ wants another user or password \\(${reason}.*\\n$`),
    );
    expect(status).toBe(1);
  });
});
