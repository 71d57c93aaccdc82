import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gradientDescent } from '#src/calculus/descent.js';
import { descentFigure } from '#src/plots/descent.js';
import { renderPng, unpackWoff } from '#src/plots/png.js';
import { drawSvg } from '#src/plots/svg.js';

function draw(fn: string): string {
  const f = ([x0, x1]: Float64Array) => x0 * x0 + x1 * x1;
  const start = { init: Float64Array.of(-3, 4), learningRate: 0.1, steps: 100 };
  const run = gradientDescent(f, start.init, start);
  return drawSvg(descentFigure(fn, [{ f, variables: ['x0', 'x1'], ...start, ...run }], 1));
}

test('a PNG is the same picture at twice the size, and has the same bytes every time', async () => {
  const svg = draw('x0^2 + x1^2');
  const png = Buffer.from(await renderPng(svg)); // resvg rejects invalid XML
  const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg)!.map(Number);
  expect(png.subarray(0, 8)).toEqual(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'));
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([2 * width, 2 * height]);
  const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  expect(digest(await renderPng(draw('x0^2 + x1^2')))).toBe(digest(png));
  // Without a font, text would not be drawn and would make no difference.
  expect(digest(await renderPng(svg.replace('>start<', '>stalt<')))).not.toBe(digest(png));
  expect((await renderPng(draw(`x<y & "z" > '\u0007</desc><script>`))).length).toBeGreaterThan(1000);
});

test('a font is unpacked to tables that match its checksums', () => {
  const path = createRequire(import.meta.url).resolve(
    '@fontsource/dejavu-sans/files/dejavu-sans-latin-400-normal.woff',
  );
  const font = unpackWoff(readFileSync(path));
  const view = new DataView(font.buffer, font.byteOffset, font.byteLength);
  expect(view.getUint32(0)).toBe(0x00010000);
  const count = view.getUint16(4);
  expect(count).toBeGreaterThan(9);
  for (let at = 12; at < 12 + 16 * count; at += 16) {
    const [checksum, offset, length] = [4, 8, 12].map((field) => view.getUint32(at + field));
    const isHead = String.fromCharCode(...font.subarray(at, at + 4)) === 'head';
    let sum = 0;
    for (let word = 0; word < length; word += 4) {
      if (!(isHead && word === 8)) sum = (sum + view.getUint32(offset + word)) >>> 0; // without the checksum of the whole file
    }
    expect(sum).toBe(checksum);
  }
});
