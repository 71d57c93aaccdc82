import { BitReader, type HuffmanTable } from './bit-reader.js';
import type { Component, Frame } from './read-frame.js';

/** What the header of a scan (SOS) says. */
export interface Scan {
  readonly parts: readonly { component: Component; dc: HuffmanTable; ac: HuffmanTable }[];
  /** First and last of the coefficients in it, 0 … 63 */
  readonly first: number;
  readonly last: number;
  /** Bits of the coefficients below those that it begins with or adds to: 0 but in a progressive frame */
  readonly shift: number;
  /** It adds a bit to coefficients of an earlier scan. */
  readonly isRefining: boolean;
  /** Units between two restart markers; 0 is no restart */
  readonly restartInterval: number;
}

/**
 * Reads the coefficients of a scan into those of its frame: all that the Huffman codes tell, of which the lowest
 * frequencies are kept.
 *
 * @param at where the bits begin
 * @returns where they end
 * @see ITU-T T.81, F.2 for sequential, G.1 and G.2 for progressive scans
 */
export function decodeScan(bytes: Uint8Array, at: number, frame: Frame, scan: Scan): number {
  const { parts, first, last, shift, isRefining, restartInterval } = scan;
  const bits = new BitReader(bytes, at);
  const predictions = parts.map(() => 0);
  /** Blocks to come, with this one, without further coefficients. */
  let endOfBands = 0;

  /** @param index of the component in the scan */
  function readDc(index: number, { coefficients }: Component, base: number) {
    if (isRefining) {
      coefficients[base] |= bits.read(1) << shift;
      return;
    }
    const size = bits.readSymbol(parts[index].dc);
    if (size > 15) throw new Error('its pixels hold a step that is too long');
    predictions[index] += bits.readSigned(size);
    coefficients[base] = predictions[index] << shift;
  }

  function set({ coefficients, kept, places, isNonzero }: Component, block: number, k: number, value: number) {
    if (places[k] >= 0) coefficients[block * kept * kept + places[k]] = value;
    if (frame.isProgressive) isNonzero[block * 8 + (k >> 3)] |= 1 << (k & 7);
  }

  function readAc(component: Component, ac: HuffmanTable, block: number) {
    for (let k = first || 1; k <= last; k++) {
      const symbol = bits.readSymbol(ac);
      const [run, size] = [symbol >> 4, symbol & 15];
      if (size === 0 && run < 15) {
        endOfBands = frame.isProgressive ? (1 << run) + bits.read(run) : 1;
        break;
      }
      k += run;
      if (k > last) throw new Error('its pixels hold more coefficients than a block has');
      if (size > 0) set(component, block, k, bits.readSigned(size) << shift);
    }
    if (endOfBands > 0) endOfBands--;
  }

  function refineAc(component: Component, ac: HuffmanTable, block: number) {
    let k = first;
    while (endOfBands === 0 && k <= last) {
      const symbol = bits.readSymbol(ac);
      const [run, size] = [symbol >> 4, symbol & 15];
      if (size === 0 && run < 15) endOfBands = (1 << run) + bits.read(run);
      else {
        const value = size > 0 && (bits.read(1) === 1 ? 1 << shift : -1 << shift);
        k = refineUntil(component, block, k, run);
        if (value && k <= last) set(component, block, k, value);
        k++;
      }
    }
    if (endOfBands > 0) {
      refineUntil(component, block, k, 64);
      endOfBands--;
    }
  }

  /** Adds a bit to every coefficient that is not 0, and stops at the first that is 0 after `zeros` others. */
  function refineUntil(component: Component, block: number, from: number, zeros: number) {
    const { coefficients, kept, places, isNonzero } = component;
    let k = from;
    for (; k <= last; k++) {
      if ((isNonzero[block * 8 + (k >> 3)] & (1 << (k & 7))) === 0) {
        if (zeros-- === 0) break;
      } else if (bits.read(1) === 1 && places[k] >= 0) {
        const i = block * kept * kept + places[k];
        coefficients[i] += coefficients[i] > 0 ? 1 << shift : -1 << shift;
      }
    }
    return k;
  }

  function readBlock(index: number, block: number) {
    const { component, ac } = parts[index];
    if (first === 0) readDc(index, component, block * component.kept * component.kept);
    if (last === 0) return;
    if (isRefining) refineAc(component, ac, block);
    else if (endOfBands > 0) endOfBands--;
    else readAc(component, ac, block);
  }

  const [{ component: only }] = parts;
  const isAlone = parts.length === 1;
  const [unitsAcross, unitsDown] = isAlone
    ? [only.blocksAcross, only.blocksDown]
    : [frame.unitsAcross, frame.unitsDown];
  for (let unit = 0; unit < unitsAcross * unitsDown; unit++) {
    if (restartInterval > 0 && unit > 0 && unit % restartInterval === 0) {
      bits.restart();
      predictions.fill(0);
      endOfBands = 0;
    }
    const [row, column] = [Math.floor(unit / unitsAcross), unit % unitsAcross];
    if (isAlone) readBlock(0, row * only.stride + column);
    else {
      for (let index = 0; index < parts.length; index++) {
        const { across, down, stride } = parts[index].component;
        for (let v = 0; v < down; v++)
          for (let u = 0; u < across; u++) readBlock(index, (row * down + v) * stride + column * across + u);
      }
    }
  }
  return bits.at;
}
