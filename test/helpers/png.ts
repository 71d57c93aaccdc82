import { crc32 } from 'node:zlib';
import { deflateSync } from 'node:zlib';

interface Png {
  columns: number;
  rows: number;
  /** 0 grey, 2 colour, 3 palette, 4 grey and alpha, 6 colour and alpha */
  colorType: number;
  depth: number;
  /** Samples, row by row, 0 … 2 ** depth - 1 */
  samples: ArrayLike<number>;
  /** Chunks before the pixels, such as PLTE and tRNS */
  chunks?: [type: string, data: number[]][];
  interlaced?: boolean;
}

const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** First column and row of each pass of Adam7, and the steps between columns and rows. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

/** The bytes of a PNG, written from the specification, independently of the library that reads it. */
export function png({ columns, rows, colorType, depth, samples, chunks = [], interlaced = false }: Png): Uint8Array {
  const channels = CHANNELS[colorType];
  const passes = interlaced ? ADAM7 : [[0, 0, 1, 1]];
  const lines: number[] = [];
  for (const [left, top, across, down] of passes) {
    for (let row = top; row < rows && left < columns; row += down) {
      lines.push(0); // no filter
      const line: number[] = [];
      for (let column = left; column < columns; column += across) {
        for (let k = 0; k < channels; k++) line.push(samples[(row * columns + column) * channels + k]);
      }
      const bits = line.map((sample) => sample.toString(2).padStart(depth, '0')).join('');
      for (let at = 0; at < bits.length; at += 8) lines.push(parseInt(bits.slice(at, at + 8).padEnd(8, '0'), 2));
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(columns);
  header.writeUInt32BE(rows, 4);
  header.set([depth, colorType, 0, 0, interlaced ? 1 : 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    ...chunks.map(([type, data]) => chunk(type, Buffer.from(data))),
    chunk('IDAT', deflateSync(Uint8Array.from(lines))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

export function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, sum] = [data.length, crc32(body)].map((value) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  });
  return Buffer.concat([length, body, sum]);
}
