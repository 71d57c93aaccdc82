import { connect, type Socket } from 'node:net';
import { inflateSync } from 'node:zlib';
import { randomStream } from '#src/network/random.js';
import { create } from '#src/network/two-layer-net.js';
import { decodePage, packWeights, type PageData } from '#src/report/data.js';
import { type LivePage, openLivePage } from '#src/report/live.js';

// Sends the server of train --live requests that no browser would send, byte by byte over sockets.

const PAGE = '<!doctype html>the page';
const weightsOf = (hiddenSize: number) => packWeights(create(6, hiddenSize, 10, randomStream(0), 1));
const SMALL = weightsOf(3);
const data = (iteration: number, weights = SMALL): PageData => ({
  iteration,
  weights,
  images: { rows: 2, columns: 3 },
  pictures: [],
});

let live: LivePage;
let stops = 0;
let host: string;
let path: string;
const sockets: Socket[] = [];

beforeEach(async () => {
  stops = 0;
  live = await openLivePage({ page: PAGE, onStop: () => stops++ });
  ({ host, pathname: path } = new URL(live.url));
});
afterEach(() => {
  live.close();
  sockets.splice(0).forEach((socket) => socket.destroy());
});

function open(): Socket {
  const socket = connect(Number(host.split(':')[1]), '127.0.0.1');
  sockets.push(socket);
  return socket.on('error', () => undefined);
}

/** The response, up to the end of the connection. */
function ask(...lines: string[]): Promise<string> {
  const socket = open();
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  return textOf(socket);
}
function textOf(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => (text += String(chunk)));
  return new Promise((resolve) => socket.on('close', () => resolve(text)));
}
const get = (target: string, hostName = host) =>
  ask(`GET ${target} HTTP/1.1`, `Host: ${hostName}`, 'Connection: close');
const post = (target: string, ...headers: string[]) => ask(`POST ${target} HTTP/1.1`, `Host: ${host}`, ...headers);
const status = (text: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);

/** A connected page, and the text that it has received so far. */
async function listen() {
  const socket = open();
  let text = '';
  socket.on('data', (chunk) => (text += String(chunk)));
  socket.write(`GET ${path}events HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  const until = (isThere: (text: string) => boolean) =>
    new Promise<string>((resolve) => {
      const look = () => {
        if (!isThere(text)) return;
        socket.off('data', look);
        resolve(text);
      };
      socket.on('data', look);
      look();
    });
  await until((text) => text.includes('\r\n\r\n'));
  const closed = new Promise<string>((resolve) => socket.on('close', () => resolve(text)));
  return { socket, until, closed };
}
const iterationsIn = (text: string) =>
  [...text.matchAll(/^data: ([A-Za-z0-9+/=]+)\n\n/gm)].map(
    ([, packed]) => decodePage(inflateSync(Buffer.from(packed, 'base64'))).iteration,
  );
/** Waits until a condition holds, because the server notices events a moment later. */
async function eventually(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
}

test('the address has 127.0.0.1 and a token of 128 bits, which is new each time', async () => {
  expect(live.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{22}\/$/);
  const other = await openLivePage({ page: PAGE, onStop: () => undefined });
  expect(new URL(other.url).pathname).not.toBe(path);
  other.close();
});

test('the page is served with headers that keep it out of caches, frames and other sites', async () => {
  const response = await get(path);
  expect(status(response)).toBe(200);
  expect(response).toContain(PAGE);
  for (const header of [
    'Cache-Control: no-store',
    'Referrer-Policy: no-referrer',
    'X-Content-Type-Options: nosniff',
    'Cross-Origin-Resource-Policy: same-origin',
    `Content-Security-Policy: frame-ancestors 'none'`,
  ]) {
    expect(response).toContain(`\r\n${header}\r\n`);
  }
  expect(response).not.toMatch(/access-control-allow/i);
});

test('a path without the token, or with more than the token, is not found', async () => {
  const wrong = path.replace(/.(?=\/$)/, (last) => (last === 'A' ? 'B' : 'A'));
  const targets = [
    ...['/', '//', wrong, path.slice(0, -2), path.slice(0, -1), `${path}x`, `${path}?q`, `${path}events/`, `/x${path}`],
    ...[`${path}../`, `${path}%65vents`, `${path}/`, '/%00/', `http://${host}${path}`, `/events`, '/stop', '*'],
  ];
  for (const target of targets) {
    const response = await get(target);
    expect([target, status(response)]).toEqual([target, 404]);
    expect(response).not.toContain(PAGE);
  }
});

test('another Host is refused, such as that of a name that resolves to 127.0.0.1', async () => {
  const port = host.split(':')[1];
  for (const name of [
    `localhost:${port}`,
    '127.0.0.1',
    '127.0.0.1:1',
    `evil.example:${port}`,
    `${host}.evil.example`,
  ]) {
    expect([name, status(await get(path, name))]).toEqual([name, 403]);
  }
  expect(status(await ask(`GET ${path} HTTP/1.1`))).toBe(400); // no Host
  expect(status(await ask(`GET ${path} HTTP/1.0`))).toBe(403);
  expect(
    status(await ask(`GET ${path} HTTP/1.1`, `Host: ${host}`, 'Host: evil.example', 'Connection: close')),
  ).not.toBe(200);
});

test('other methods are refused, and change nothing', async () => {
  for (const method of ['HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE']) {
    for (const name of ['', 'events']) {
      const response = await ask(`${method} ${path}${name} HTTP/1.1`, `Host: ${host}`, `Origin: http://${host}`);
      expect([method, name, status(response)]).toEqual([method, name, 405]);
    }
  }
  for (const method of ['GET', 'HEAD', 'PUT', 'OPTIONS']) {
    expect(status(await ask(`${method} ${path}stop HTTP/1.1`, `Host: ${host}`))).toBe(405);
  }
  expect(await ask(`CONNECT ${host} HTTP/1.1`, `Host: ${host}`)).toBe('');
  expect(status(await ask('no HTTP at all'))).toBe(400);
  expect([stops, live.isWanted()]).toEqual([0, false]);
});

test('only the page itself may stop the run', async () => {
  for (const origin of ['Origin: http://evil.example', 'Origin: null', 'X: y', `Origin: http://localhost`]) {
    expect(status(await post(`${path}stop`, origin))).toBe(403);
  }
  expect(stops).toBe(0);
  expect(status(await post(`${path}stop`, `Origin: http://${host}`))).toBe(204);
  expect(stops).toBe(1);
  // The server does not wait for an announced body that never arrives.
  expect(status(await post(`${path}stop`, `Origin: http://${host}`, 'Content-Length: 1000000000'))).toBe(204);
});

test('long addresses and long or many headers are refused, and the next request is answered', async () => {
  expect(status(await get(`${path}${'x'.repeat(100_000)}`))).toBe(431);
  expect(status(await ask(`GET ${path} HTTP/1.1`, `Host: ${host}`, `X: ${'y'.repeat(100_000)}`))).toBe(431);
  const many = Array.from({ length: 5000 }, (_, i) => `X-${i}: y`);
  expect(status(await ask(`GET ${path} HTTP/1.1`, `Host: ${host}`, ...many))).toBe(431);
  expect(status(await get(path))).toBe(200);
});

test('connections beyond the limit are closed; eight pages get data, a ninth none', async () => {
  const pages = await Promise.all(Array.from({ length: 8 }, listen));
  expect(status(await get(`${path}events`))).toBe(503);
  await eventually(live.isWanted);
  live.send(data(5));
  for (const { until } of pages) expect(iterationsIn(await until((text) => text.includes('\n\n')))).toEqual([5]);
  pages.forEach(({ socket }) => socket.destroy());

  const idle = Array.from({ length: 200 }, open);
  await eventually(() => idle.filter((socket) => socket.closed).length >= 200 - 64);
  idle.forEach((socket) => socket.destroy());
  let response = '';
  while (status(response) !== 200) response = await get(path); // the server notices the closed ones a moment later
  expect(response).toContain(PAGE);
});

test('no update is requested while no page is connected, nor right after another', async () => {
  expect(live.isWanted()).toBe(false);
  const { socket, until } = await listen();
  await eventually(live.isWanted);
  live.send(data(1));
  expect(live.isWanted()).toBe(false);
  await until((text) => text.includes('data: '));
  socket.destroy();
  const next = await listen();
  await eventually(live.isWanted); // a new page need not wait
  next.socket.destroy();
  await eventually(() => !live.isWanted());
});

test('a page that does not read gets fewer but complete messages, and delays no other page', async () => {
  const large = weightsOf(20_000); // half a megabyte in base64
  const slow = await listen();
  slow.socket.pause();
  const quick = await listen();
  await eventually(live.isWanted);
  for (let i = 1; i <= 60; i++) {
    live.send(data(i, large));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  slow.socket.resume();
  await live.end('done');
  const [bySlow, byQuick] = [iterationsIn(await slow.closed), iterationsIn(await quick.closed)];
  expect(bySlow[0]).toBe(1);
  expect(bySlow).toEqual([...new Set(bySlow)].sort((a, b) => a - b));
  expect(bySlow.length).toBeLessThan(byQuick.length);
});

test('incomplete requests and pages that leave do not disturb other pages', async () => {
  open().write('GET ');
  open().write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nX: `);
  open().write(`POST ${path}stop HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\nabc`);
  for (let i = 0; i < 10; i++) {
    const { socket } = await listen();
    await eventually(live.isWanted);
    live.send(data(i));
    socket.resetAndDestroy();
  }
  const { until } = await listen();
  await eventually(live.isWanted);
  live.send(data(99));
  expect(iterationsIn(await until((text) => text.includes('data: ')))).toContain(99);
  expect(status(await get(path))).toBe(200);
  expect(stops).toBe(0);
});

describe('the end', () => {
  const isClosed = () => new Promise((resolve) => open().on('close', (hadError) => resolve(hadError)));

  test('is announced to the pages, and then nothing listens', async () => {
    const { until } = await listen();
    await live.end('The run ended.');
    expect(await until((text) => text.includes('event: end'))).toContain(
      'event: end\ndata: {"text":"The run ended.","hasReport":false}\n\n',
    );
    expect(await isClosed()).toBe(true);
  });

  test('waits until the pages have received the report', async () => {
    const pages = [await listen(), await listen()];
    const ended = live.end('The run ended.', 'the report');
    for (const { until } of pages) {
      expect(await until((text) => text.includes('event: end'))).toContain('"hasReport":true');
      const response = await get(path);
      expect(response).toContain('the report');
      expect(response).not.toContain(PAGE);
    }
    await ended;
    expect(await isClosed()).toBe(true);
  });

  test('waits for no page that does not answer, and not at all without pages', async () => {
    const { socket } = await listen();
    socket.pause();
    await live.end('The run ended.', 'the report');
    expect(await isClosed()).toBe(true);
    const other = await openLivePage({ page: PAGE, onStop: () => undefined });
    await other.end('The run ended.');
  });
});
