import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { MachineError } from '../errors.js';
import { packData } from './page.js';
import type { PageData } from './data.js';

// The page of a run, served while the run goes on. It listens on 127.0.0.1, so only programs of this computer reach it.
// The token in the path keeps out those that were not told the address. The Host must be that of the address: a page of
// another site whose name is made to resolve to 127.0.0.1 (DNS rebinding) sends another one. No body is read.

export interface LivePage {
  readonly url: string;
  /** Whether a connected page is due for new data. */
  isWanted(): boolean;
  /** Sends data to the connected pages that have received all earlier data. */
  send(data: PageData): void;
  /**
   * Tells the pages that the run has ended, waits at most a few seconds for them to receive it, and closes.
   *
   * @param text how it ended
   * @param report the page that they become, if there is one
   */
  end(text: string, report?: string): Promise<void>;
  /** Closes at once; does nothing if it is closed. */
  close(): void;
}

interface LiveSettings {
  /** The page as HTML. Its script asks for `events` and posts to `stop`, relative to its address. */
  readonly page: string;
  /** Called when a page asks the run to stop. */
  readonly onStop: () => void;
}

/** Pages that are connected at a time, and connections of any kind. */
const MOST_PAGES = 8;
const MOST_CONNECTIONS = 64;
/** Least time between two messages, and the share of the time that packing them may take. */
const INTERVAL_MS = 1000;
const MOST_SHARE = 0.01;
/** Longest wait of a page that has just connected for its first data. */
const SOON_MS = 200;
/** Longest wait at the end of a run for pages to receive it. */
const PATIENCE_MS = 3000;

/** Limits that end connections that are idle, slow, or send too much. */
const LIMITS = {
  maxHeaderSize: 8192,
  headersTimeout: 5000,
  requestTimeout: 5000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 1000,
};

/** Headers of every response: no cache, no frame, and no referrer, because the address holds the token. */
const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': `frame-ancestors 'none'`,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/**
 * Serves a page on a free port.
 *
 * @throws MachineError if there is none
 */
export async function openLivePage({ page, onStop }: LiveSettings): Promise<LivePage> {
  const token = randomBytes(16).toString('base64url');
  const clients = new Set<ServerResponse>();
  let nextAt = 0;
  let report: string | undefined;
  let onFetched: (() => void) | undefined;

  const server = createServer(LIMITS, handle);
  server.maxConnections = MOST_CONNECTIONS;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening').catch((error: Error) => {
    throw new MachineError(`--live gets no port on 127.0.0.1 (${error.message}): leave it out`);
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  function handle(request: IncomingMessage, response: ServerResponse): void {
    response.on('error', () => undefined); // the page has gone
    const refuse = (status: number, headers = {}) => {
      response.writeHead(status, { ...HEADERS, ...headers, Connection: 'close' }).end();
    };
    if (request.headersDistinct.host?.join() !== host) return refuse(403);
    const route = routeOf(request.url ?? '', token);
    if (route === undefined) return refuse(404);
    const method = route === 'stop' ? 'POST' : 'GET';
    if (request.method !== method) return refuse(405, { Allow: method });
    if (route === 'events') return connect(response, refuse);
    if (route === 'stop') {
      if (request.headers.origin !== `http://${host}`) return refuse(403);
      refuse(204);
      return onStop();
    }
    response.writeHead(200, { ...HEADERS, 'Content-Type': 'text/html; charset=utf-8' });
    response.end(report ?? page);
    if (report !== undefined) response.once('close', () => onFetched?.());
  }

  function connect(response: ServerResponse, refuse: (status: number) => void): void {
    if (clients.size >= MOST_PAGES) return refuse(503);
    response.writeHead(200, { ...HEADERS, 'Content-Type': 'text/event-stream', Connection: 'close' });
    response.flushHeaders();
    clients.add(response);
    response.once('close', () => clients.delete(response));
    nextAt = Math.min(nextAt, performance.now() + SOON_MS);
  }

  const ready = () => [...clients].filter((client) => client.writableLength === 0);

  function close(): void {
    server.close();
    server.closeAllConnections();
  }

  return {
    url: `http://${host}/${token}/`,
    isWanted: () => clients.size > 0 && performance.now() >= nextAt && ready().length > 0,
    send(data) {
      const start = performance.now();
      const message = `data: ${packData(data, 0)}\n\n`;
      for (const client of ready()) client.write(message);
      const now = performance.now();
      nextAt = now + Math.max(INTERVAL_MS, (now - start) / MOST_SHARE);
    },
    async end(text, html) {
      report = html;
      const pages = [...clients];
      let missing = html === undefined ? 0 : pages.length;
      const fetched = new Promise<void>((resolve) => {
        onFetched = () => --missing <= 0 && resolve();
        if (missing === 0) resolve();
      });
      const told = pages.map(
        (client) =>
          new Promise<void>((resolve) => {
            client.once('close', resolve);
            client.end(`event: end\ndata: ${JSON.stringify({ text, hasReport: html !== undefined })}\n\n`);
          }),
      );
      await Promise.race([Promise.all([...told, fetched]), setTimeout(PATIENCE_MS, undefined, { ref: false })]);
      close();
    },
    close,
  };
}

/** The resource that a path names; undefined if it lacks the token or names something else. */
function routeOf(url: string, token: string): 'page' | 'events' | 'stop' | undefined {
  const [, given, name, ...rest] = url.split('/', 4);
  const [right, wrong] = [Buffer.from(token), Buffer.from(given ?? '')];
  if (right.length !== wrong.length || !timingSafeEqual(right, wrong) || rest.length > 0) return undefined;
  if (name === '') return 'page';
  return name === 'events' || name === 'stop' ? name : undefined;
}
