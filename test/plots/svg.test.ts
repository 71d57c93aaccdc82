import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gradientDescent } from '#src/calculus/descent.js';
import { descentFigure } from '#src/plots/descent.js';
import { renderPng, unpackWoff } from '#src/plots/png.js';
import { element, pathData } from '#src/plots/svg-marks.js';
import { drawSvg } from '#src/plots/svg.js';
import { sweepFigure } from '#src/plots/sweep.js';
import { typeset } from '#src/plots/typography.js';

const f = ([x0, x1]: Float64Array) => x0 * x0 + x1 * x1;
const init = Float64Array.of(-3, 4);
const runs = [0.1, 10, 1e-10].map((learningRate) => {
  const options = { learningRate, steps: 100 };
  return { f, variables: ['x0', 'x1'], init, ...options, ...gradientDescent(f, init, options) };
});
const notebook = () => drawSvg(descentFigure('x0^2 + x1^2', runs, 1));

const hostile = `x<y & "z" > '\u0007</desc><script>`;
const zeros = () => {
  const row = { h: 0.1, value: 1, error: 0, regime: 'cancellation' } as const;
  const rounding = () => 0;
  return drawSvg(sweepFigure({ fn: hostile, at: 0, method: 'central', exact: 1, rows: [row], best: row, rounding }, 1));
};

test('a picture has a title, a description, both axes named, start and end', () => {
  const svg = notebook();
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" /);
  expect(svg).toContain('<title id="title">Gradient descent on x0^2 + x1^2</title>');
  expect(svg).toMatch(/<desc id="desc">[^<]*from \(-3, 4\)[^<]*converged[^<]*frozen[^<]*slow/);
  for (const word of [
    '>x₀<',
    '>x₁<',
    'Gradient descent on x₀² + x₁²<',
    '>start<',
    '>end<',
    '>start, end<',
    '>−4<',
    '>10¹⁸<',
    'learning rate 0.1',
  ]) {
    expect(svg).toContain(word);
  }
  expect(svg).not.toMatch(/NaN|Infinity|undefined|(href|src)=/);
});

test("text is escaped, and XML's forbidden characters are gone", () => {
  const svg = zeros();
  expect(svg).toContain('x&#60;y &#38; &#34;z&#34; &#62; &#39;?&#60;/desc&#62;&#60;script&#62;');
  expect(svg).not.toContain('<script');
  expect(element('a', { b: '"<' }, 'c')).toBe('<a b="&#34;&#60;">c</a>');
  expect(
    pathData(
      [
        [0, 1.26],
        [-0.01, 3],
      ],
      true,
    ),
  ).toBe('M0,1.3L0,3Z');
});

test.each([
  ['x0^2/20 - x1^12', 'x₀²/20 − x₁¹²'],
  ['exp(-x0)-pi-sin(x10)', 'exp(−x₀)−pi−sin(x₁₀)'],
  ['x^-2 + 2^x0 + x^0.5 + x^(1/2)', 'x⁻² + 2^x₀ + x^0.5 + x^(1/2)'],
  ['x^2^3', 'x^2^3'],
  ['a mini-batch from (-3, -∞) at 1e-9', 'a mini-batch from (−3, −∞) at 1e−9'],
])('%s is typeset as %s', (text, expected) => expect(typeset(text)).toBe(expected));

test('tags are balanced', () => {
  for (const svg of [notebook(), zeros()]) {
    const open: string[] = [];
    for (const [, close, name, empty] of svg.matchAll(/<(\/?)([\w-]+)[^>]*?(\/?)>/g)) {
      if (close) expect(open.pop()).toBe(name);
      else if (!empty) open.push(name);
    }
    expect(open).toEqual([]);
  }
});

test('a PNG is the same picture at twice the size, and the same bytes every time', async () => {
  const svg = notebook();
  const png = Buffer.from(await renderPng(svg)); // resvg reads XML strictly
  const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg)!.map(Number);
  expect(png.subarray(0, 8)).toEqual(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'));
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([2 * width, 2 * height]);
  const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  expect(digest(await renderPng(notebook()))).toBe(digest(png));
  // Without a font, text would not be drawn and would make no difference.
  expect(digest(await renderPng(svg.replace('>start<', '>stalt<')))).not.toBe(digest(png));
  expect((await renderPng(zeros())).length).toBeGreaterThan(1000);
});

test('a font is unpacked to the tables whose checksums it names', () => {
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
      if (!(isHead && word === 8)) sum = (sum + view.getUint32(offset + word)) >>> 0; // less the whole file's checksum
    }
    expect(sum).toBe(checksum);
  }
});
