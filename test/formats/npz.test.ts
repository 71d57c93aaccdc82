import AdmZip from 'adm-zip';
import { readFileSync } from 'node:fs';
import { zip } from '../helpers/zip.js';
import { InputError } from '#src/errors.js';
import { encodeNpy, readNpy } from '#src/formats/npy.js';
import { readNpz } from '#src/formats/npz.js';

const file = (name: string) => readFileSync(new URL(`../golden/learner/${name}`, import.meta.url));

describe('what NumPy wrote', () => {
  const types = readNpz(file('types.npz'), 'types.npz');

  test.each([
    ['little-f8', Float64Array],
    ['big-f8', Float64Array],
    ['little-f4', Float32Array],
    ['big-f4', Float32Array],
    ['little-i8', Float64Array],
    ['big-i8', Float64Array],
    ['little-u8', Float64Array],
    ['little-i4', Int32Array],
    ['big-u4', Uint32Array],
    ['little-i2', Int16Array],
    ['big-u2', Uint16Array],
    ['i1', Int8Array],
    ['u1', Uint8Array],
  ])('%s', (name, array) => {
    expect(types.get(name)).toEqual({ shape: [2, 3], data: new array([0, 1, 2, 3, 100, 127]) });
  });

  test('bool', () => {
    expect(types.get('bool')).toEqual({ shape: [2, 3], data: Uint8Array.of(0, 0, 1, 1, 1, 1) });
  });

  test('no axis, no entries, one axis, three', () => {
    const shapes = readNpz(file('shapes.npz'), 'shapes.npz');
    const count = Float64Array.from({ length: 24 }, (_, i) => i);
    expect(shapes.get('scalar')).toEqual({ shape: [], data: Float64Array.of(1.5) });
    expect(shapes.get('empty')).toEqual({ shape: [0, 3], data: new Float64Array() });
    expect(shapes.get('vector')).toEqual({ shape: [4], data: count.slice(0, 4) });
    expect(shapes.get('deep')).toEqual({ shape: [2, 3, 4], data: count });
  });

  test('Fortran order is converted to row-major', () => {
    const { fortran, deep } = Object.fromEntries(readNpz(file('shapes.npz'), 'shapes.npz'));
    expect(file('shapes.npz').toString('latin1')).toContain("'fortran_order': True");
    expect(fortran).toEqual(deep);
  });

  test.each([1, 2, 3])('format version %d', (version) => {
    const bytes = file(`version${version}.npy`);
    expect(bytes[6]).toBe(version);
    expect([...readNpy(bytes, 'x').data]).toEqual([0, 1, 2, 3, 100, 127]);
  });

  test('compressed', () => {
    const bytes = file('right.npz');
    expect(new AdmZip(bytes).getEntries().map(({ header }) => header.method)).toEqual(Array(9).fill(8));
    expect([...readNpz(bytes, 'x').keys()]).toEqual(['indices', 'W1', 'b1', 'W2', 'b2', 'dW1', 'db1', 'dW2', 'db2']);
  });

  test.each([
    ['float16', 'numbers of type "<f2"'],
    ['complex', 'numbers of type "<c16"'],
    ['objects', 'Python objects'],
    ['text', 'numbers of type "<U1"'],
    ['records', 'records'],
  ])('%s: refused', (name, why) => {
    const read = () => readNpz(file('refused.npz'), 'g.npz', (key) => key === name);
    expect(read).toThrow(InputError);
    expect(read).toThrow(`"${name}.npy" in g.npz holds ${why}, not float64 or float32: save it as`);
  });
});

test('axes of length 1 take no time, in either order', () => {
  const ones = '1,'.repeat(60);
  const version1 = file('version1.npy').toString('latin1');
  for (const order of ['False', 'True ']) {
    const text = version1.slice(10, 128).replace('False', order).trimEnd().replace('(2, 3)', `(2,${ones}3)`);
    const header = Buffer.from(text, 'latin1');
    const bytes = Buffer.concat([
      Buffer.from(version1.slice(0, 8), 'latin1'),
      Buffer.of(header.length & 255, header.length >> 8),
      header,
      file('version1.npy').subarray(128),
    ]);
    const { shape, data } = readNpy(bytes, 'x');
    expect(shape).toHaveLength(62);
    expect([...data]).toEqual(order === 'False' ? [0, 1, 2, 3, 100, 127] : [0, 2, 100, 1, 3, 127]);
  }
});

describe('damaged', () => {
  const npy = file('version1.npy');
  const header = (change: (text: string) => string) => {
    const text = Buffer.from(change(npy.toString('latin1', 10, 128)), 'latin1');
    return Buffer.concat([npy.subarray(0, 8), Buffer.of(text.length & 255, text.length >> 8), text, npy.subarray(128)]);
  };

  test.each<[string, Uint8Array, string]>([
    ['empty', Buffer.alloc(0), 'is not a .npy file'],
    ['cut in the header', npy.subarray(0, 60), 'its header should take 118 bytes'],
    ['cut in the numbers', npy.subarray(0, 150), 'is followed by 22 bytes, where 2 x 3 numbers of 8 bytes take 48'],
    ['longer than it says', Buffer.concat([npy, npy]), 'is followed by 224 bytes'],
    ['version 9', Buffer.concat([npy.subarray(0, 6), Buffer.of(9), npy.subarray(7)]), 'of unknown version 9'],
    ['no shape', header((text) => text.replace('shape', 'shade')), 'has no valid shape'],
    ['a negative shape', header((text) => text.replace('(2, 3)', '(-2,3)')), 'has no valid shape'],
    ['a huge shape', header((text) => text.replace('(2, 3)', '(99999999999, 99999999999)')), 'x 99999999999 numbers'],
    ['an infinite shape', header((text) => text.replace('(2, 3)', `(${'9'.repeat(400)})`)), 'has no valid shape'],
    ['many axes', header((text) => text.replace('(2, 3)', `(${'1,'.repeat(99)})`)), 'has no valid shape'],
  ])('%s', (_, bytes, why) => {
    expect(() => readNpy(bytes, 'g.npy')).toThrow(InputError);
    expect(() => readNpy(bytes, 'g.npy')).toThrow(why);
  });

  test('a .npz with one changed byte, at any place, is read unchanged or refused, never read as other numbers', () => {
    const whole = file('right.npz');
    const right = JSON.stringify([...readNpz(whole, 'x')]);
    const names = [...readNpz(whole, 'x').keys()].join();
    let refused = 0;
    for (let at = 0; at < whole.length; at++) {
      const bytes = Buffer.from(whole);
      bytes[at] ^= 1 << (at % 8);
      try {
        const arrays = readNpz(bytes, 'x');
        if ([...arrays.keys()].join() === names) expect(JSON.stringify([...arrays])).toBe(right);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(whole.length / 2);
  });

  test('a .npz that is cut off at any place is refused', () => {
    const whole = file('right.npz');
    for (let length = 0; length < whole.length; length += 7) {
      expect(() => readNpz(whole.subarray(0, length), 'x')).toThrow(InputError);
    }
  });
});

describe('hostile', () => {
  /** right.npz with a change in the first entry of its directory. */
  const changed = (change: (view: DataView, entry: number) => void) => {
    const bytes = Buffer.from(file('right.npz'));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    change(view, view.getUint32(bytes.length - 22 + 16, true));
    return bytes;
  };

  test('an array that would fill the memory is refused before it is unpacked', () => {
    const bomb = changed((view, entry) => view.setUint32(entry + 24, 2 ** 31, true));
    const before = process.memoryUsage().rss;
    expect(() => readNpz(bomb, 'bomb.npz')).toThrow('would unpack to 2,147 MB');
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
  });

  test('an array that unpacks to more than its directory says is refused', () => {
    const bomb = changed((view, entry) => view.setUint32(entry + 24, 10, true));
    expect(() => readNpz(bomb, 'bomb.npz')).toThrow('unpacking failed');
  });

  const small = encodeNpy({ shape: [1], type: 'f64', bytes: new Uint8Array(8) });

  test.each([
    ['a long name', `${'a'.repeat(2000)}.npy`],
    ['many folders, each of which adm-zip would make an object of', `${'a/'.repeat(400)}W1.npy`],
  ])('%s', (_, name) => {
    const read = () => readNpz(zip({ [name]: small }), 'x.npz');
    expect(read).toThrow(InputError);
    expect(read).toThrow('x.npz holds a file with too long a name');
  });

  test('more files than an archive of gradients has are refused', () => {
    const names = Array.from({ length: 1001 }, (_, i) => [`a${i}.npy`, small] as const);
    expect(() => readNpz(zip(Object.fromEntries(names)), 'x.npz')).toThrow('x.npz holds 1001 files');
  });

  test('a name that occurs twice is refused', () => {
    const bytes = Buffer.from(
      zip({ 'W1.npy': small, 'W2.npy': small }).toString('latin1').replaceAll('W2.npy', 'W1.npy'),
      'latin1',
    );
    expect(() => readNpz(bytes, 'x.npz')).toThrow(/^x.npz is damaged: .*Duplicate entry name/i);
  });

  test('arrays that share their bytes are refused', () => {
    const noise = Uint8Array.from({ length: 8000 }, (_, i) => (i * i * 7919) >> 5);
    const one = encodeNpy({ shape: [1000], type: 'f64', bytes: noise });
    const bytes = zip({ 'W1.npy': one, 'W2.npy': one, 'W3.npy': one });
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const directory = view.getUint32(bytes.length - 22 + 16, true);
    const entries = bytes.subarray(directory, bytes.length - 22);
    const packed = view.getUint32(directory + 20, true);
    for (let at = 0; at < entries.length; at += 46 + 6) entries.writeUInt32LE(0, at + 42);
    const first = bytes.subarray(0, 30 + 6 + packed);
    const end = Buffer.from(bytes.subarray(-22));
    end.writeUInt32LE(first.length, 16);
    expect(() => readNpz(Buffer.concat([first, entries, end]), 'x.npz')).toThrow(
      'x.npz is damaged: its arrays overlap',
    );
  });

  test('a wrong checksum is refused', () => {
    const bytes = zip({ 'W1.npy': small });
    bytes[14] ^= 1; // in the local header
    expect(() => readNpz(bytes, 'x.npz')).toThrow(/"W1.npy" in x.npz is damaged: unpacking failed \(.*CRC/i);
  });

  test('control characters in a name are escaped in messages', () => {
    const read = () => readNpz(zip({ '\u001b[2J\n.npy': Buffer.from('text') }), 'x.npz');
    expect(read).toThrow('"\\u001b[2J\\n.npy" in x.npz is not a .npy file');
  });

  test('encryption and other compressions are refused', () => {
    expect(() =>
      readNpz(
        changed((view, entry) => view.setUint16(entry + 8, 1, true)),
        'x',
      ),
    ).toThrow('encrypted');
    expect(() =>
      readNpz(
        changed((view, entry) => view.setUint16(entry + 10, 12, true)),
        'x',
      ),
    ).toThrow('by deflate');
  });

  test('a zip archive of other files is refused', () => {
    const bytes = Buffer.from(file('right.npz').toString('latin1').replaceAll('.npy', '.pkl'), 'latin1');
    expect(() => readNpz(bytes, 'model.pt')).toThrow('model.pt is a zip archive without a .npy array');
  });
});
