import { VECTOR, blockRow } from './lanes';
import { ENTRY, Net, Workspace } from './net';

// Four of five pixels are 0 and contribute nothing, so images are sparse matrices. A pixel that is not 0 is an entry:
//   packed, 2 bytes:      pixels since the last entry << 8 | byte
//   in a row, 8 bytes:    address of its value as a number, and pixel times the bytes of a block's row
//   in a column, 8 bytes: address of its value, and index of the image among those gathered times those bytes
// so that the inner loops of forward and backward compute no addresses.

/** Packs the first `count` of the staged images behind those that are packed already, sixteen pixels at a time. */
export function packImages(net: Net, count: usize): void {
  const used = <usize>load<u32>(net.packedStarts + net.packedCount * 4) - net.packed;
  // This grows in place, because it is the last block of the heap.
  net.packed = heap.realloc(net.packed, used + count * net.inputSize * 2);
  let to = net.packed + used;
  for (let n: usize = 0; n < count; n++) {
    const image = net.staged + n * net.rowBytes;
    let last: usize = 0;
    for (let i: usize = 0; i < net.inputSize; i += VECTOR) {
      let nonZero = i8x16.bitmask(i8x16.ne(v128.load(image + i), i8x16.splat(0)));
      while (nonZero != 0) {
        const pixel = i + ctz(nonZero);
        for (; pixel - last > 255; last += 255, to += 2) store<u16>(to, 0xff00); // a zero pixel, since a gap has 8 bits
        store<u16>(to, <u16>(((pixel - last) << 8) | (<usize>load<u8>(image + pixel))));
        to += 2;
        last = pixel;
        nonZero &= nonZero - 1;
      }
    }
    net.packedCount++;
    store<u32>(net.packedStarts + net.packedCount * 4, to);
  }
  net.packed = heap.realloc(net.packed, to - net.packed);
}

// What gather writes. They are types because a generic function is compiled separately for each type.
export class Rows {}
export class Columns {}
export class RowsAndColumns {}

/**
 * Sparse rows, columns or both, and the digits, of the images indices[first] … indices[end - 1], which become images
 * first … end - 1 of the mini-batch. Reference: `gather` in dataset, which keeps the zeros.
 */
export function gather<T, Part>(net: Net, workspace: Workspace, indices: usize, first: usize, end: usize): void {
  prefetch(net, workspace, indices, first, end);
  if (idof<Part>() != idof<Rows>()) clearColumns(net, workspace);
  const values = net.pixelValues;
  const columnEnds = workspace.columnEnds;
  let to = workspace.rows;
  for (let n = first; n < end; n++) {
    if (idof<Part>() != idof<Columns>()) store<u32>(workspace.rowStarts + n * 4, <u32>to);
    const index = <usize>load<u32>(indices + n * 4);
    store<u8>(workspace.labels + n, load<u8>(net.labels + index));
    const starts = net.packedStarts + index * 4;
    const stop = <usize>load<u32>(starts, 4);
    const rowOfImage = (<u64>((n - first) * blockRow<T>())) << 32;
    let pixel: usize = 0;
    for (let at = <usize>load<u32>(starts); at < stop; at += 2) {
      const entry = <usize>load<u16>(at);
      pixel += entry >> 8;
      const byte = entry & 255;
      if (byte == 0) continue; // fills a gap
      const value = <u64>(values + byte * 8);
      if (idof<Part>() != idof<Columns>()) {
        store<u64>(to, value | ((<u64>(pixel * blockRow<T>())) << 32));
        to += ENTRY;
      }
      if (idof<Part>() != idof<Rows>()) {
        const columnEnd = columnEnds + pixel * 4;
        const last = <usize>load<u32>(columnEnd);
        store<u64>(last, value | rowOfImage);
        store<u32>(columnEnd, <u32>(last + ENTRY));
      }
    }
  }
  if (idof<Part>() != idof<Columns>()) store<u32>(workspace.rowStarts + end * 4, <u32>to);
}

/** Start of the column of pixel i: each has room for all images that are gathered at a time. */
export function columnOf(net: Net, workspace: Workspace, i: usize): usize {
  return workspace.columns + i * min(net.count, net.chunk) * ENTRY;
}

function clearColumns(net: Net, workspace: Workspace): void {
  for (let i: usize = 0; i < net.inputSize; i++) {
    store<u32>(workspace.columnEnds + i * 4, <u32>columnOf(net, workspace, i));
  }
}

/**
 * Reads a byte of every cache line that gather will need, so that the requests overlap: the processor would not look
 * far enough ahead to send them early.
 */
function prefetch(net: Net, workspace: Workspace, indices: usize, first: usize, end: usize): void {
  let sum: u32 = 0;
  for (let n = first; n < end; n++) {
    const starts = net.packedStarts + <usize>load<u32>(indices + n * 4) * 4;
    const stop = <usize>load<u32>(starts, 4);
    for (let at = <usize>load<u32>(starts); at < stop; at += 64) sum += load<u8>(at);
  }
  workspace.prefetched = sum; // keeps the compiler from dropping the loop
}
