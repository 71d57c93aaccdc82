import fc from 'fast-check';

/** Fragments that may break readers of text and of binary files. */
const TOKENS = [
  ...['__proto__', 'constructor', 'null', 'NaN', '-1', '1e999', '9007199254740993', '0x10', '""', '\\u0000', '\x1b[2J'],
  ...[
    '{',
    '}',
    '[',
    ']',
    '[[[[[[[[',
    '":',
    ',',
    '\n',
    '\0\0\0\0\0\0\0\0',
    '\xff\xff\xff\xff\xff\xff\xff\xff',
    '<!DOCTYPE',
  ],
].map((text) => Buffer.from(text, 'latin1'));

const NUMBERS = [0, 1, 3, 4, 8, 0x7f, 0x80, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

type Change = (bytes: Buffer, at: number, other: Buffer) => Buffer;

const splice = (bytes: Buffer, start: number, end: number, middle: Uint8Array) =>
  Buffer.concat([bytes.subarray(0, start), middle, bytes.subarray(end)]);

function overwrite(bytes: Buffer, at: number, write: (copy: Buffer) => void, size: number): Buffer {
  const copy = Buffer.from(bytes);
  if (at + size <= copy.length) write(copy);
  return copy;
}

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.nat(7).map(
    (bit): Change =>
      (bytes, at) =>
        overwrite(bytes, at, (copy) => (copy[at] ^= 1 << bit), 1),
  ),
  fc.nat(255).map(
    (value): Change =>
      (bytes, at) =>
        overwrite(bytes, at, (copy) => (copy[at] = value), 1),
  ),
  fc.constantFrom(...NUMBERS).map(
    (value): Change =>
      (bytes, at) =>
        overwrite(bytes, at, (copy) => copy.writeUInt32BE(value, at), 4),
  ),
  fc.constantFrom(...NUMBERS).map(
    (value): Change =>
      (bytes, at) =>
        overwrite(bytes, at, (copy) => copy.writeUInt32LE(value, at), 4),
  ),
  fc.constantFrom(...TOKENS).map(
    (token): Change =>
      (bytes, at) =>
        splice(bytes, at, at, token),
  ),
  fc.constantFrom(...TOKENS).map(
    (token): Change =>
      (bytes, at) =>
        splice(bytes, at, at + token.length, token),
  ),
  fc.uint8Array({ maxLength: 40 }).map(
    (noise): Change =>
      (bytes, at) =>
        splice(bytes, at, at, noise),
  ),
  fc.nat(60).map(
    (length): Change =>
      (bytes, at) =>
        splice(bytes, at, at + length, Buffer.alloc(0)),
  ),
  fc.nat(200).map(
    (length): Change =>
      (bytes, at) =>
        splice(bytes, at, at, bytes.subarray(at, at + length)),
  ),
  fc.constant<Change>((bytes, at) => bytes.subarray(0, at)),
  fc.constant<Change>((bytes, at, other) => splice(bytes, at, bytes.length, other.subarray(at))),
);

/** Files like these with one to six mutations, most of them near the beginning, where headers are. */
export function mutations(samples: readonly Uint8Array[]): fc.Arbitrary<Buffer> {
  const sample = fc.constantFrom(...samples.map((bytes) => Buffer.from(bytes)));
  const place = fc.oneof(fc.nat(15), fc.nat(120), fc.nat(2000), fc.nat());
  const changes = fc.array(fc.tuple(change, place), { minLength: 1, maxLength: 6 });
  return fc.tuple(sample, sample, changes).map(([first, other, list]) => {
    return list.reduce<Buffer>((bytes, [apply, at]) => apply(bytes, at % (bytes.length + 1), other), first);
  });
}
