import { readFileSync } from 'node:fs';
import { InputError } from '#src/errors.js';
import { decodeSafetensors, readLayout } from '#src/formats/safetensors.js';

// Files that Python's safetensors wrote, and headers that it accepts or refuses: golden/safetensors/write.py.

const golden = (name: string) => readFileSync(new URL(`../golden/safetensors/${name}`, import.meta.url));

/** A file with this header and this many bytes of data. */
function withHeader(header: string, body: Uint8Array): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
  return Buffer.concat([length, Buffer.from(header), body]);
}

describe('tensors of many types', () => {
  const mixed = golden('mixed.safetensors');
  const headerEnd = 8 + Number(mixed.readBigUInt64LE());
  const header = JSON.parse(mixed.toString('utf8', 8, headerEnd)) as Record<string, object>;
  const readable = ['W1', 'b1', 'indices', 'none', 'scalar'];
  const expected = {
    W1: { shape: [3, 4], data: Float64Array.from({ length: 12 }, (_, i) => i / 8) },
    b1: { shape: [4], data: Float32Array.of(0.5, -1, 2, 3) },
    indices: { shape: [2], data: Float64Array.of(7, 59999) },
    none: { shape: [0, 4], data: new Float32Array() },
    scalar: { shape: [], data: Float64Array.of(1.5) },
  };

  test.each([
    ['as written', Object.keys(header)],
    ['backwards', Object.keys(header).reverse()],
    ['by name', Object.keys(header).sort()],
  ])('the requested ones are read, in a header %s', (_, names) => {
    const text = JSON.stringify(Object.fromEntries(names.map((name) => [name, header[name]])));
    const bytes = withHeader(text, mixed.subarray(headerEnd));
    const { tensors, metadata } = decodeSafetensors(bytes, 'x', (name) => readable.includes(name));
    expect(Object.fromEntries(tensors)).toEqual(expected);
    expect([...metadata]).toEqual([['made by', 'safetensors']]);
  });

  test.each([
    ['half', 'F16'],
    ['brain', 'BF16'],
    ['eight', 'F8_E4M3'],
    ['mask', 'BOOL'],
  ])('%s is refused if it is requested', (name, dtype) => {
    const decode = () => decodeSafetensors(mixed, 'grads.safetensors', (key) => key === name);
    expect(decode).toThrow(InputError);
    expect(decode).toThrow(`tensor ${name} in grads.safetensors is of type "${dtype}", not "F64" or "F32": save it as`);
  });
});

const cases = JSON.parse(golden('headers.json').toString()) as {
  name: string;
  header: string;
  length: number;
  accepted: boolean;
}[];

test.each(cases)('$name: accepted $accepted', ({ header, length, accepted }) => {
  const bytes = withHeader(header, new Uint8Array(length));
  const read = () => readLayout({ size: bytes.length, read: (start, end) => bytes.subarray(start, end) }, 'x');
  if (accepted)
    expect(read().tensors.size).toBe(
      Object.keys(JSON.parse(header) as object).filter((key) => key !== '__metadata__').length,
    );
  else expect(read).toThrow(InputError);
});
