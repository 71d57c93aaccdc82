import { ROW, VECTOR } from './lanes';
import { ENTRY, Net, SLACK, Workspace } from './net';

// Four of five pixels are 0 and contribute nothing, so images are kept as sparse matrices, with an entry for each pixel
// that is not 0. An entry has one of three forms:
//
//   packed, 2 bytes             index of the pixel minus that of the previous entry (8 bits), value (8 bits)
//   in a sparse row, 8 bytes    address of the value in net.pixelValues, and index of the pixel times ROW
//   in a sparse column, 8 bytes address of the value in net.pixelValues, and index n of the gathered image times ROW
//
// The inner loops of forward and backward add these offsets to the address of an array and need no multiplications. The
// threads share the gathering: each writes the rows of some images and then, from all rows, the columns of some pixels.

/** Pixels that are compared with 0 at a time: the bits of a u64. */
const PIXELS: usize = 64;

/** Packs the first `count` of the staged images, and appends them to the packed images. */
export function packImages(net: Net, count: usize): void {
  const used = <usize>load<u32>(net.packedStarts + net.packedCount * 4) - net.packed;
  // The array grows in place, because it is the last block of the heap.
  net.packed = heap.realloc(net.packed, used + count * net.inputSize * 2 + SLACK);
  let to = net.packed + used;
  for (let n: usize = 0; n < count; n++) {
    const image = net.staged + n * net.rowBytes;
    let last: usize = 0;
    for (let i: usize = 0; i < net.inputSize; i += PIXELS) {
      let nonZero: u64 = 0; // a bit per pixel
      for (let j: usize = 0; j < PIXELS && i + j < net.inputSize; j += VECTOR) {
        nonZero |= (<u64>i8x16.bitmask(i8x16.ne(v128.load(image + i + j), i8x16.splat(0)))) << j;
      }
      while (nonZero != 0) {
        const pixel = i + <usize>ctz(nonZero);
        for (; pixel - last > 255; last += 255, to += 2) store<u16>(to, 0xff00); // value 0: a gap has 8 bits
        store<u16>(to, <u16>(((pixel - last) << 8) | (<usize>load<u8>(image + pixel))));
        to += 2;
        last = pixel;
        nonZero &= nonZero - 1;
      }
    }
    net.packedCount++;
    store<u32>(net.packedStarts + net.packedCount * 4, to);
  }
  net.packed = heap.realloc(net.packed, to - net.packed + SLACK);
}

/**
 * Writes the sparse rows of `count` packed images to address `to`, each from a new cache line. Reference: `gather` in
 * dataset/mini-batch.ts, which keeps the zeros.
 *
 * @param indices (count), u32: indices of the images among the packed ones
 * @param bounds (count, 2), u32: receives the addresses of the start and the end of each row
 */
export function gatherRows(
  net: Net,
  workspace: Workspace,
  indices: usize,
  count: usize,
  to: usize,
  bounds: usize,
): void {
  prefetch(net, workspace, indices, count);
  const zero = i32x4.splat(0);
  const values = i32x4.splat(<i32>net.pixelValues);
  const row = i32x4.splat(<i32>ROW);
  for (let n: usize = 0; n < count; n++) {
    const starts = net.packedStarts + <usize>load<u32>(indices + n * 4) * 4;
    let at = <usize>load<u32>(starts);
    const stop = <usize>load<u32>(starts, 4);
    const end = to + (stop - at) * (ENTRY / 2);
    store<u32>(bounds + n * 8, <u32>to);
    store<u32>(bounds + n * 8, <u32>end, 4);
    let last = zero; // index of the previous pixel, in all lanes
    for (; at < stop; at += 8, to += 4 * ENTRY) {
      const entries = v128.load_ext<u16>(at);
      const value = i32x4.add(values, i32x4.shl(v128.and(entries, i32x4.splat(255)), 3));
      // Prefix sums of the four gaps.
      const gaps = i32x4.shr_u(entries, 8);
      const pairs = i32x4.add(gaps, v128.shuffle<i32>(zero, gaps, 0, 4, 5, 6));
      const pixel = i32x4.add(last, i32x4.add(pairs, v128.shuffle<i32>(zero, pairs, 0, 0, 4, 5)));
      last = v128.shuffle<i32>(pixel, pixel, 3, 3, 3, 3);
      const offset = i32x4.mul(pixel, row);
      v128.store(to, v128.shuffle<i32>(value, offset, 0, 4, 1, 5));
      v128.store(to, v128.shuffle<i32>(value, offset, 2, 6, 3, 7), VECTOR);
    }
    to = (end + 63) & ~63;
  }
}

/** Writes the sparse columns of pixels first … end - 1, from the sparse rows of `count` images. */
export function gatherColumns(net: Net, first: usize, end: usize, count: usize): void {
  for (let i = first; i < end; i++) store<u32>(columnEndOf(net, i), <u32>columnOf(net, i));
  const stop = end * ROW;
  for (let n: usize = 0; n < count; n++) {
    const rowEnd = <usize>load<u32>(net.rowBounds + n * 8, 4);
    const image = (<u64>(n * ROW)) << 32;
    let at = <usize>load<u32>(net.rowBounds + n * 8);
    if (first > 0) at = entryFrom(at, rowEnd, first * ROW);
    for (; at < rowEnd; at += ENTRY) {
      const offset = <usize>load<u32>(at, 4);
      if (offset >= stop) break;
      const columnEnd = net.columnEnds + offset / 4;
      const to = <usize>load<u32>(columnEnd);
      store<u64>(to, image | (<u64>load<u32>(at)));
      store<u32>(columnEnd, <u32>(to + ENTRY));
    }
  }
}

/** Address of the first entry between `at` and `end` with at least this offset, or `end`. Bisection: offsets ascend. */
function entryFrom(at: usize, end: usize, offset: usize): usize {
  for (let count = (end - at) / ENTRY; count > 0;) {
    const half = count / 2;
    const isLess = <usize>load<u32>(at + half * ENTRY, 4) < offset;
    at = select(at + (half + 1) * ENTRY, at, isLess);
    count = select(count - half - 1, half, isLess);
  }
  return at;
}

/** Address of the column of pixel i. Each column has room for an entry of every gathered image. */
export function columnOf(net: Net, i: usize): usize {
  return net.columns + i * min(net.count, net.chunk) * ENTRY;
}

/** Where the end of the column of pixel i is stored: at a quarter of the offset in an entry of a row, i ROW / 4. */
export function columnEndOf(net: Net, i: usize): usize {
  return net.columnEnds + (i * ROW) / 4;
}

/**
 * Reads a byte of every cache line that gatherRows will need, so that the memory requests overlap. The processor does not
 * look far enough ahead to send them early itself.
 */
function prefetch(net: Net, workspace: Workspace, indices: usize, count: usize): void {
  let sum: u32 = 0;
  for (let n: usize = 0; n < count; n++) {
    const starts = net.packedStarts + <usize>load<u32>(indices + n * 4) * 4;
    const stop = <usize>load<u32>(starts, 4);
    for (let at = <usize>load<u32>(starts); at < stop; at += 64) sum += load<u8>(at);
  }
  workspace.prefetched = sum; // keeps the compiler from dropping the loop
}
