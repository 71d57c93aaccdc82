import { BLOCK_BYTES, blockCount, blocksOf, shareStart, VECTOR_PLACE_BYTES, vectorCount } from '../layout';
import { ROW, VECTOR } from './lanes';
import { Net } from './net';

// How the work is divided among the threads. Each thread has an equal share of the images and of the pixels, up to one.
// Hidden units are divided in whole vectors: the shares of two threads differ by one vector at most, and a share is
// divided into blocks in the same way. layOutBlocks records the blocks in two tables, which the functions below it read.

/** Bytes of an entry of blockTable and of vectorTable. */
const BLOCK: usize = <usize>BLOCK_BYTES;
const PLACE: usize = <usize>VECTOR_PLACE_BYTES;

/**
 * Index of the first item of a thread's share of `count` items. The share ends where that of the next thread begins.
 *
 * @param sharers number of threads that share the items
 */
export function firstOfShare(count: usize, thread: usize, sharers: usize): usize {
  return <usize>shareStart(count, thread, sharers);
}

/**
 * Divides the vectors among the threads, and those of each thread into blocks. Sets net.vectors, net.blocks and the
 * entries of net.blockTable and net.vectorTable, which are allocated before.
 */
export function layOutBlocks<T>(net: Net, threads: usize): void {
  const isDouble = sizeof<T>() == 8;
  net.vectors = <usize>vectorCount(net.hiddenSize, isDouble);
  net.blocks = <usize>blockCount(net.hiddenSize, isDouble, threads);
  let block: usize = 0;
  for (let thread: usize = 0; thread < threads; thread++) {
    const first = firstOfShare(net.vectors, thread, threads);
    const count = firstOfShare(net.vectors, thread + 1, threads) - first;
    const blocks = <usize>blocksOf(count);
    for (let i: usize = 0; i < blocks; i++, block++) {
      const start = first + firstOfShare(count, i, blocks);
      const end = first + firstOfShare(count, i + 1, blocks);
      store<u32>(net.blockTable + block * BLOCK, <u32>start);
      store<u32>(net.blockTable + block * BLOCK, <u32>(end - start), 4);
      for (let vector = start; vector < end; vector++) {
        store<u32>(net.vectorTable + vector * PLACE, <u32>block);
        store<u32>(net.vectorTable + vector * PLACE, <u32>((vector - start) * VECTOR), 4);
      }
    }
  }
}

/**
 * The first block of a thread's share, which ends where that of the next thread begins. While the first thread works
 * alone its share is all blocks; the division into blocks stays the same.
 */
export function firstBlockOf(net: Net, thread: usize): usize {
  const vector = firstOfShare(net.vectors, thread, net.sharers);
  return vector == net.vectors ? net.blocks : <usize>load<u32>(net.vectorTable + vector * PLACE);
}

/** The first vector of a block. */
export function firstVectorOf(net: Net, block: usize): usize {
  return <usize>load<u32>(net.blockTable + block * BLOCK);
}

/** Number of vectors of a block. */
export function vectorsOf(net: Net, block: usize): usize {
  return <usize>load<u32>(net.blockTable + block * BLOCK, 4);
}

/** Bytes from the start of an array (blocks, count, row) to a vector in the first of the `count` rows of its block. */
export function offsetOfVector(net: Net, vector: usize, count: usize): usize {
  const place = net.vectorTable + vector * PLACE;
  return <usize>load<u32>(place) * count * ROW + <usize>load<u32>(place, 4);
}
