import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { temporaryFolder } from './run.js';

const SERVER = ['redis-server', 'valkey-server'].find((name) => spawnSync(name, ['--version']).status === 0);

/**
 * `describe` for tests that need a Redis or Valkey server. Without one they are skipped with a message; in CI, which
 * installs one, they fail.
 */
export const describeRedis: typeof describe = SERVER === undefined && !process.env.CI ? skipped() : describe;

function skipped(): typeof describe {
  console.log('skipped tests of --queue: there is no redis-server');
  return describe.skip;
}

const children: ChildProcess[] = [];
afterAll(() => children.forEach((child) => child.kill('SIGKILL')));

/** A port of this machine on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts a server on a free port, with its data in a temporary folder. */
export async function startRedis(...more: string[]) {
  const port = await freePort();
  const folder = temporaryFolder();
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--appendonly', 'yes', '--save', ''];
  let child = await launch();

  async function launch(): Promise<ChildProcess> {
    const server = spawn(SERVER!, [...flags, ...more], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(server);
    for await (const text of server.stdout!.iterator({ destroyOnReturn: false })) {
      if (String(text).includes('Ready to accept connections')) break;
    }
    server.stdout!.resume();
    return server;
  }

  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    stop,
    async start() {
      child = await launch();
    },
  };
}
