interface Scan {
  /** Some of the components 1, 2, 3. */
  components: readonly number[];
  first: number;
  last: number;
  /** Successive approximation as in the file (Ah, Al): 0 for the first scan, 0x10 for one that refines bit 0. */
  approximation?: number;
  bits: Uint8Array;
}

const segment = (marker: number, bytes: readonly number[]) =>
  Buffer.of(0xff, marker, (bytes.length + 2) >> 8, bytes.length + 2, ...bytes);
const zeros = (count: number) => new Array<number>(count).fill(0);

/** A progressive JPEG of three components, written from ITU-T T.81. The size may differ from that of the scans. */
export function progressiveJpeg(rows: number, columns: number, scans: readonly Scan[]): Buffer {
  const size = [rows >> 8, rows & 255, columns >> 8, columns & 255];
  return Buffer.concat([
    Buffer.of(0xff, 0xd8),
    segment(0xdb, [0, ...new Array<number>(64).fill(1)]),
    segment(0xc2, [8, ...size, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]),
    // DC: 0 repeats the previous block. AC: 0 ends a block, 10 is a coefficient of one bit, 110 ends 16,384 blocks or
    // more.
    segment(0xc4, [0x00, 1, ...zeros(15), 0x00, 0x10, 1, 1, 1, ...zeros(13), 0x00, 0x01, 0xe0]),
    ...scans.flatMap(({ components, first, last, approximation = 0, bits }) => [
      segment(0xda, [components.length, ...components.flatMap((id) => [id, 0]), first, last, approximation]),
      bits,
    ]),
    Buffer.of(0xff, 0xd9),
  ]);
}

/** A scan that makes all blocks grey. */
export function greyScan(blocks: number): Scan {
  return { components: [1, 2, 3], first: 0, last: 0, bits: Buffer.alloc(Math.ceil((3 * blocks) / 8)) };
}

/**
 * Scans that cost a decoder much work for few bytes: one coefficient in every block, and then scans that refine it by a
 * bit, for which the decoder examines all 62 others.
 */
export function busyScans(blocks: number, count: number): Scan[] {
  const band = { first: 1, last: 63 };
  const runs = Math.ceil(blocks / 16_384);
  const bits = Buffer.alloc(Math.ceil((runs * (17 + 16_384)) / 8));
  for (let run = 0; run < runs; run++) {
    for (const at of [run * (17 + 16_384), run * (17 + 16_384) + 1]) bits[at >> 3] |= 0x80 >> (at & 7);
  }
  return Array.from({ length: count }, (_, i) => {
    const components = [1 + (i % 3)];
    if (i < 3) return { ...band, components, bits: Buffer.alloc(Math.ceil(blocks / 2), 0b10101010) };
    return { ...band, components, approximation: 0x10, bits };
  });
}
