import { ROW, VECTOR } from './lanes';
import { ENTRY, Net, SLACK, Workspace } from './net';

// Four of five pixels are 0 and contribute nothing, so images are sparse matrices. A pixel that is not 0 is an entry:
//   packed, 2 bytes:      pixels since the last entry << 8 | byte
//   in a row, 8 bytes:    address of its value as a number, and pixel times the bytes of a block's row
//   in a column, 8 bytes: address of its value, and index of the image among those gathered times those bytes
// so that the inner loops of forward and backward compute no addresses. Threads share the gathering: each writes the rows
// of some images, and later, from all rows, the columns of some pixels.

/** Packs the first `count` of the staged images behind those that are packed already, sixteen pixels at a time. */
export function packImages(net: Net, count: usize): void {
  const used = <usize>load<u32>(net.packedStarts + net.packedCount * 4) - net.packed;
  // This grows in place, because it is the last block of the heap.
  net.packed = heap.realloc(net.packed, used + count * net.inputSize * 2 + SLACK);
  let to = net.packed + used;
  for (let n: usize = 0; n < count; n++) {
    const image = net.staged + n * net.rowBytes;
    let last: usize = 0;
    for (let i: usize = 0; i < net.inputSize; i += VECTOR) {
      let nonZero = i8x16.bitmask(i8x16.ne(v128.load(image + i), i8x16.splat(0)));
      while (nonZero != 0) {
        const pixel = i + ctz(nonZero);
        for (; pixel - last > 255; last += 255, to += 2) store<u16>(to, 0xff00); // an entry of value 0, since a gap has 8 bits
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
 * Sparse rows of `count` images, one after the other from `to`, each from a new cache line. Reference: `gather` in
 * dataset, which keeps the zeros.
 *
 * @param indices (count): which of the packed images
 * @param bounds (count, 2): where each row begins and ends
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
    let last = zero; // the last pixel so far, in all lanes
    for (; at < stop; at += 8, to += 4 * ENTRY) {
      const entries = v128.load_ext<u16>(at);
      const value = i32x4.add(values, i32x4.shl(v128.and(entries, i32x4.splat(255)), 3));
      // Sums of the first one, two, three and four gaps.
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

/** The columns of pixels first … end - 1, from the rows of `count` images. */
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

/** First entry between `at` and `end` whose offset is not less than this one; offsets ascend. */
function entryFrom(at: usize, end: usize, offset: usize): usize {
  for (let count = (end - at) / ENTRY; count > 0;) {
    const half = count / 2;
    const isLess = <usize>load<u32>(at + half * ENTRY, 4) < offset;
    at = select(at + (half + 1) * ENTRY, at, isLess);
    count = select(count - half - 1, half, isLess);
  }
  return at;
}

/** Start of the column of pixel i: each has room for all images that are gathered at a time. */
export function columnOf(net: Net, i: usize): usize {
  return net.columns + i * min(net.count, net.chunk) * ENTRY;
}

/** Address of the end of the column of pixel i: a quarter of the offset in a row's entry, which costs no division. */
export function columnEndOf(net: Net, i: usize): usize {
  return net.columnEnds + (i * ROW) / 4;
}

/**
 * Reads a byte of every cache line that gatherRows will need, so that the requests overlap: the processor would not look
 * far enough ahead to send them early.
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
