import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { unpackWoff } from './unpack-woff.js';

/** Pixels for each unit of the picture: sharp on screens of today. */
const SCALE = 2;

const FONTS = ['dejavu-sans-latin-400-normal', 'dejavu-sans-latin-700-normal'];

let isReady = false;

/**
 * An SVG document as a PNG, on white, set in the font that comes with the program, so that it is the same everywhere:
 * resvg, compiled to WebAssembly, draws it.
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
