/** A field of a message: its number, and a whole number ≥ 0, a text, bytes, or another message. */
export type Field = readonly [number: number, value: number | string | Uint8Array | readonly Field[]];

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/**
 * Bytes of a Protocol Buffers message.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export function encodeMessage(fields: readonly Field[]): Uint8Array {
  return Buffer.concat(
    fields.flatMap(([number, value]) => {
      if (typeof value === 'number') return [varint(number * 8 + VARINT), varint(value)];
      const bytes =
        typeof value === 'string' ? Buffer.from(value) : value instanceof Uint8Array ? value : encodeMessage(value);
      return [varint(number * 8 + LENGTH_DELIMITED), varint(bytes.length), bytes];
    }),
  );
}

/** Seven bits a byte, the lowest first; the high bit says that more follow. */
function varint(value: number): Uint8Array {
  const bytes = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return Uint8Array.from([...bytes, value]);
}
