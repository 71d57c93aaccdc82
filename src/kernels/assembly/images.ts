import { VECTOR, blockRow } from './lanes';
import { Net, Work } from './net';

// Four of five pixels are dark, 0, and take no part in anything. A lit one is an entry:
//   packed, 2 bytes:      pixels since the last entry << 8 | byte
//   in a row, 8 bytes:    where its value lies as a number, and pixel times the bytes of a block's row
//   in a column, 8 bytes: where its value lies, and the image's place in the mini-batch times those bytes
// so that the inner loops of forward and backward have nothing to work out.

/** Bytes of an entry in a row or a column. */
export const ENTRY: usize = 8;

/** Packs the first `count` of the staged images behind those that are packed already, sixteen pixels at a time. */
export function packImages(net: Net, count: usize): void {
  const used = <usize>load<u32>(net.packedStarts + net.packedCount * 4) - net.packed;
  // In place: it is the last block of the heap.
  net.packed = heap.realloc(net.packed, used + count * net.inputSize * 2);
  let to = net.packed + used;
  for (let n: usize = 0; n < count; n++) {
    const image = net.staged + n * net.rowBytes;
    let last: usize = 0;
    for (let i: usize = 0; i < net.inputSize; i += VECTOR) {
      let lit = i8x16.bitmask(i8x16.ne(v128.load(image + i), i8x16.splat(0)));
      while (lit != 0) {
        const pixel = i + ctz(lit);
        for (; pixel - last > 255; last += 255, to += 2) store<u16>(to, 0xff00); // a dark pixel as a stepping stone
        store<u16>(to, <u16>(((pixel - last) << 8) | (<usize>load<u8>(image + pixel))));
        to += 2;
        last = pixel;
        lit &= lit - 1;
      }
    }
    net.packedCount++;
    store<u32>(net.packedStarts + net.packedCount * 4, to);
  }
  net.packed = heap.realloc(net.packed, to - net.packed);
}

/** Rows, columns and digits of the images with these indices. Plain twin: `gather` in dataset, which keeps the zeros. */
export function gather<T>(net: Net, work: Work, indices: usize): void {
  askFor(net, work, indices);
  emptyColumns(net, work);
  let to = work.rows;
  for (let n: usize = 0; n < net.count; n++) {
    store<u32>(work.rowStarts + n * 4, to);
    const index = <usize>load<u32>(indices + n * 4);
    store<u8>(work.labels + n, load<u8>(net.labels + index));
    const starts = net.packedStarts + index * 4;
    const end = <usize>load<u32>(starts, 4);
    let pixel: usize = 0;
    for (let at = <usize>load<u32>(starts); at < end; at += 2) {
      const entry = <usize>load<u16>(at);
      pixel += entry >> 8;
      const byte = entry & 255;
      if (byte == 0) continue; // a stepping stone
      const value = net.scaled + byte * 8;
      store<u32>(to, value);
      store<u32>(to, pixel * blockRow<T>(), 4);
      to += ENTRY;
      const columnEnd = work.columnEnds + pixel * 4;
      const last = <usize>load<u32>(columnEnd);
      store<u32>(last, value);
      store<u32>(last, n * blockRow<T>(), 4);
      store<u32>(columnEnd, last + ENTRY);
    }
  }
  store<u32>(work.rowStarts + net.count * 4, to);
}

/** Where the column of pixel i begins: each has room for all images. */
export function columnOf(net: Net, work: Work, i: usize): usize {
  return work.columns + i * net.count * ENTRY;
}

function emptyColumns(net: Net, work: Work): void {
  for (let i: usize = 0; i < net.inputSize; i++) store<u32>(work.columnEnds + i * 4, columnOf(net, work, i));
}

/**
 * Reads a byte of every cache line that gather will need. Memory answers many requests in little more than the time of
 * one, but a processor does not look far enough ahead to send them by itself.
 */
function askFor(net: Net, work: Work, indices: usize): void {
  let sum: u32 = 0;
  for (let n: usize = 0; n < net.count; n++) {
    const starts = net.packedStarts + <usize>load<u32>(indices + n * 4) * 4;
    const end = <usize>load<u32>(starts, 4);
    for (let at = <usize>load<u32>(starts); at < end; at += 64) sum += load<u8>(at);
  }
  work.asked = sum; // or the compiler would drop the loop
}
