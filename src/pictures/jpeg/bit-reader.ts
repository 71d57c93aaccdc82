/** A Huffman table (DHT), as it decodes: codes of one length are successive numbers, and longer ones are larger. */
export interface HuffmanTable {
  /** For a length of 1 … 16: all 16 bits that begin with a code of at most this length are below it. */
  readonly limits: Int32Array;
  /** For a length of 1 … 16: what to add to a code for its place among the symbols. */
  readonly offsets: Int32Array;
  readonly symbols: Uint8Array;
}

/**
 * @param counts of codes of 1 … 16 bits
 * @param symbols in the order of their codes, as many as all counts together
 */
export function huffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable {
  const [limits, offsets] = [new Int32Array(17), new Int32Array(17)];
  for (let length = 1, code = 0, before = 0; length <= 16; length++, code *= 2) {
    offsets[length] = before - code;
    code += counts[length - 1];
    before += counts[length - 1];
    if (code > 1 << length) throw new Error('a Huffman table has too many codes');
    limits[length] = code << (16 - length);
  }
  return { limits, offsets, symbols };
}

/** Reads the bits of a scan, in which a byte 0xFF is followed by 0, up to the next marker. */
export class BitReader {
  #bits = 0;
  #count = 0;
  /** Of #count: bits behind the end, which may be looked at but not read. */
  #missing = 0;

  /** @param at where the scan begins */
  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
  ) {}

  /** @param count 0 … 16 */
  read(count: number): number {
    const bits = this.#peek() >> (16 - count);
    this.#skip(count);
    return bits;
  }

  /** A number of `size` bits, 0 … 15, whose first bit is 0 if it is negative (ITU-T T.81, F.2.2.1). */
  readSigned(size: number): number {
    const bits = this.read(size);
    return bits < (1 << size) >> 1 ? bits - (1 << size) + 1 : bits;
  }

  readSymbol({ limits, offsets, symbols }: HuffmanTable): number {
    const bits = this.#peek();
    for (let length = 1; length <= 16; length++) {
      if (bits < limits[length]) {
        this.#skip(length);
        return symbols[offsets[length] + (bits >> (16 - length))];
      }
    }
    throw new Error('its pixels hold a code that no table has');
  }

  /** Goes on behind a restart marker (RST0 … RST7). */
  restart(): void {
    const { bytes } = this;
    this.#bits = this.#count = this.#missing = 0;
    while (bytes[this.at] === 0xff && bytes[this.at + 1] === 0xff) this.at++;
    if (bytes[this.at] !== 0xff || (bytes[this.at + 1] & 0xf8) !== 0xd0) throw new Error('a restart marker is missing');
    this.at += 2;
  }

  #peek(): number {
    for (; this.#count < 16; this.#count += 8) {
      const byte = this.bytes[this.at];
      if (byte === undefined || (byte === 0xff && this.bytes[this.at + 1] !== 0)) {
        this.#bits <<= 8;
        this.#missing += 8;
      } else {
        this.#bits = (this.#bits << 8) | byte;
        this.at += byte === 0xff ? 2 : 1;
      }
    }
    return (this.#bits >> (this.#count - 16)) & 0xffff;
  }

  #skip(count: number): void {
    this.#count -= count;
    if (this.#count < this.#missing) throw new Error('its pixels end too early');
  }
}
