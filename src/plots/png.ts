import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { inflateSync } from 'node:zlib';

/** Pixels per unit of the picture, for screens of high density. */
const SCALE = 2;

const FONTS = ['dejavu-sans-latin-400-normal', 'dejavu-sans-latin-700-normal'];

let isReady = false;

/**
 * Renders an SVG document as a PNG on white. resvg, compiled to WebAssembly, draws it with a bundled font, so that the
 * bytes are the same on every machine.
 */
export async function renderPng(svg: string): Promise<Uint8Array> {
  const { initWasm, Resvg } = await import('@resvg/resvg-wasm');
  const require = createRequire(import.meta.url);
  if (!isReady) await initWasm(await readFile(require.resolve('@resvg/resvg-wasm/index_bg.wasm')));
  isReady = true;
  const fontBuffers = await Promise.all(
    FONTS.map(async (name) =>
      unpackWoff(await readFile(require.resolve(`@fontsource/dejavu-sans/files/${name}.woff`))),
    ),
  );
  const drawing = new Resvg(svg, {
    font: { fontBuffers, defaultFontFamily: 'DejaVu Sans', loadSystemFonts: false },
    fitTo: { mode: 'zoom', value: SCALE },
  });
  try {
    return drawing.render().asPng();
  } finally {
    drawing.free();
  }
}

const HEADER = 44;
const ENTRY = 20;

/**
 * Converts a WOFF file into the TrueType or OpenType font that it was packed from: the same tables, inflated, behind a
 * directory (W3C, "WOFF File Format 1.0"; Microsoft, "The OpenType Font File").
 */
export function unpackWoff(woff: Buffer): Uint8Array {
  const count = woff.readUInt16BE(12);
  const entries = Array.from({ length: count }, (_, i) => {
    const at = HEADER + i * ENTRY;
    const [offset, packed, length] = [4, 8, 12].map((field) => woff.readUInt32BE(at + field));
    const bytes = woff.subarray(offset, offset + packed);
    return {
      tag: woff.subarray(at, at + 4),
      bytes: packed < length ? inflateSync(bytes) : bytes,
      checksum: woff.subarray(at + 16, at + 20),
    };
  });
  const font = new Uint8Array(woff.readUInt32BE(16)); // the header's totalSfntSize
  const view = new DataView(font.buffer);
  const largest = Math.floor(Math.log2(count));
  font.set(woff.subarray(4, 8)); // flavour
  view.setUint16(4, count);
  view.setUint16(6, 16 * 2 ** largest); // for a binary search
  view.setUint16(8, largest);
  view.setUint16(10, 16 * (count - 2 ** largest));
  let offset = 12 + 16 * count;
  entries.forEach(({ tag, bytes, checksum }, i) => {
    const at = 12 + 16 * i;
    font.set(tag, at);
    font.set(checksum, at + 4);
    view.setUint32(at + 8, offset);
    view.setUint32(at + 12, bytes.length);
    font.set(bytes, offset);
    offset += Math.ceil(bytes.length / 4) * 4;
  });
  return font;
}
