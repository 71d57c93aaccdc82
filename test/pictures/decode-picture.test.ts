import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { busyScans, greyScan, progressiveJpeg } from '../helpers/jpeg.js';
import { PICTURES } from '../helpers/pictures.js';
import { chunk, png } from '../helpers/png.js';
import { InputError } from '#src/errors.js';
import { decodePicture } from '#src/pictures/decode.js';
import { exifOrientation, orient } from '#src/pictures/orientation.js';

const decode = (bytes: Uint8Array | string) => decodePicture(Buffer.from(bytes as string), 'x');
/** Red, green, blue, alpha of every pixel. */
const pixels = async (bytes: Uint8Array | string) => {
  const { rgba } = await decode(bytes);
  return Array.from({ length: rgba.length / 4 }, (_, i) => [...rgba.subarray(4 * i, 4 * i + 4)]);
};
const grey = async (bytes: Uint8Array | string) => (await pixels(bytes)).map(([red]) => red);

describe('PNG, every colour type', () => {
  const size = { columns: 3, rows: 1 };
  test.each([
    [1, [0, 1, 1], [0, 255, 255]],
    [2, [0, 1, 3], [0, 85, 255]],
    [4, [0, 5, 15], [0, 85, 255]],
    [8, [0, 77, 255], [0, 77, 255]],
    [16, [0, 0x4d4d, 0xffff], [0, 77, 255]],
  ])('grey of %i bits', async (depth, samples, want) => {
    expect(await grey(png({ ...size, colorType: 0, depth, samples }))).toEqual(want);
  });
  test('colour, alpha', async () => {
    const one = { columns: 1, rows: 1, depth: 8 };
    expect(await pixels(png({ ...one, colorType: 2, samples: [1, 2, 3] }))).toEqual([[1, 2, 3, 255]]);
    expect(await pixels(png({ ...one, colorType: 4, samples: [9, 8] }))).toEqual([[9, 9, 9, 8]]);
    expect(await pixels(png({ ...one, colorType: 6, samples: [1, 2, 3, 4] }))).toEqual([[1, 2, 3, 4]]);
  });
  test('palette, with transparency', async () => {
    const chunks: [string, number[]][] = [
      ['PLTE', [10, 20, 30, 40, 50, 60]],
      ['tRNS', [255, 0]],
    ];
    const image = png({ ...size, colorType: 3, depth: 2, samples: [1, 0, 1], chunks });
    expect(await pixels(image)).toEqual([
      [40, 50, 60, 0],
      [10, 20, 30, 255],
      [40, 50, 60, 0],
    ]);
  });
  test('interlaced', async () => {
    const samples = Uint8Array.from({ length: 9 * 11 }, (_, i) => i);
    expect(await grey(png({ columns: 9, rows: 11, colorType: 0, depth: 8, samples, interlaced: true }))).toEqual([
      ...samples,
    ]);
  });
});

describe('PBM, PGM, PPM', () => {
  test.each<[string, string | Uint8Array, number[]]>([
    ['P1, 1 is black, no spaces needed', 'P1\n# a comment\n3 2\n101\n0 1 0', [0, 255, 0, 255, 0, 255]],
    ['P2, comments anywhere', 'P2 # c\n2 #c\n2\n100\n0 50 100 # c\n 20', [0, 128, 255, 51]],
    ['P3', 'P3 1 1 10 10 0 5', [255]],
    [
      'P4, rows begin at a byte',
      Buffer.concat([Buffer.from('P4 9 2\n'), Buffer.of(0b10000000, 0x80, 0, 0)]),
      [0, ...Array<number>(7).fill(255), 0, ...Array<number>(9).fill(255)],
    ],
    ['P5', Buffer.concat([Buffer.from('P5\n2 1\n255\n'), Buffer.of(10, 32)]), [10, 32]],
    ['P5, 16 bits', Buffer.concat([Buffer.from('P5\n2 1\n65535\n'), Buffer.of(0xff, 0xff, 0x80, 0x80)]), [255, 128]],
    ['P6', Buffer.concat([Buffer.from('P6 1 1 255\n'), Buffer.of(7, 8, 9)]), [7]],
  ])('%s', async (_, bytes, want) => {
    expect(await grey(bytes)).toEqual(want);
  });
});

describe('JPEG', () => {
  const folder = join(PICTURES, 'jpeg');
  const kinds = readdirSync(folder).filter((name) => name.endsWith('.png'));
  test('13 kinds are compared', () => expect(kinds).toHaveLength(13));
  test.each(kinds.map((name) => name.replace('.png', '')))('%s: as libjpeg reads it', async (name) => {
    const [picture, want] = await Promise.all(
      ['jpg', 'png'].map((ending) => decode(readFileSync(join(folder, `${name}.${ending}`)))),
    );
    expect([picture.rows, picture.columns]).toEqual([want.rows, want.columns]);
    const differences = picture.rgba.map((value, i) => Math.abs(value - want.rgba[i]));
    expect(differences.reduce((sum, value) => sum + value) / differences.length).toBeLessThan(0.25);
    expect(Math.max(...differences)).toBeLessThanOrEqual(4);
  });

  test('each EXIF orientation stands upright', async () => {
    const names = readdirSync(PICTURES).filter((name) => name.includes('exif'));
    expect(names).toHaveLength(7);
    const [first, ...others] = await Promise.all(names.map((name) => decode(readFileSync(join(PICTURES, name)))));
    for (const { rgba } of others) {
      expect(rgba.reduce((most, value, i) => Math.max(most, Math.abs(value - first.rgba[i])), 0)).toBeLessThan(40);
    }
  });
});

test('orientations, by hand', () => {
  const letters = (picture: { rows: number; columns: number; rgba: Uint8Array }) =>
    Array.from({ length: picture.rows }, (_, row) =>
      Array.from({ length: picture.columns }, (_, c) =>
        String.fromCharCode(picture.rgba[4 * (row * picture.columns + c)]),
      ).join(''),
    ).join('/');
  const rgba = Uint8Array.from([...'abcdef'].flatMap((letter) => [letter.charCodeAt(0), 0, 0, 255]));
  const turned = [1, 2, 3, 4, 5, 6, 7, 8].map((value) => letters(orient({ rows: 2, columns: 3, rgba }, value)));
  expect(turned).toEqual(['abc/def', 'cba/fed', 'fed/cba', 'def/abc', 'ad/be/cf', 'da/eb/fc', 'fc/eb/da', 'cf/be/ad']);
});

test('broken EXIF is no orientation', () => {
  for (const text of [
    '',
    'II*\0',
    'II*\0\xff\xff\xff\xff',
    'II*\0\x08\0\0\0\xff\xff',
    'II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x09\0\0\0',
  ]) {
    expect(exifOrientation(Buffer.from(text, 'latin1'))).toBe(1);
  }
});

const grey28 = png({ columns: 28, rows: 28, colorType: 0, depth: 8, samples: new Uint8Array(784).fill(9) });
const claims = (columns: number, rows: number, interlace: number, raw: Uint8Array) => {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(columns);
  header.writeUInt32BE(rows, 4);
  header.set([8, 0, 0, 0, interlace], 8);
  return Buffer.concat([
    grey28.subarray(0, 8),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(raw)),
    chunk('IEND', Buffer.of()),
  ]);
};
const jpeg = readFileSync(join(PICTURES, '4-exif-3.jpg'));
const frame = jpeg.indexOf(Buffer.of(0xff, 0xc0));
const jpegOf = (side: number) => {
  const copy = Buffer.from(jpeg);
  copy.writeUInt16BE(side, frame + 5);
  copy.writeUInt16BE(side, frame + 7);
  return copy;
};

/** The picture with a byte of its frame changed. */
const jpegWith = (offset: number, value: number) => {
  const copy = Buffer.from(jpeg);
  copy[frame + offset] = value;
  return copy;
};
const cmyk = readFileSync(join(PICTURES, 'jpeg', 'cmyk.jpg'));

test.each<[string, Uint8Array | string, string]>([
  ['nothing', '', 'x is empty'],
  ['text', 'hello', 'x is no picture: save it as PNG, JPEG or PGM'],
  ['a GIF', 'GIF89a', 'x is a GIF: save it as PNG'],
  ['a HEIC', '\0\0\0\x18ftypheic', 'x is a HEIC or AVIF: save it'],
  ['a PNG cut off', grey28.subarray(0, 60), 'x is a damaged PNG (it ends too early): save it again'],
  ['a PNG of a header only', grey28.subarray(0, 20), 'damaged PNG (it has no header)'],
  ['a huge PNG', claims(1e5, 1e5, 0, Buffer.of(0)), 'is 100000 x 100000 pixels, more than 20 million: make it smaller'],
  ['a PNG that cannot be', claims(4000, 4000, 0, Buffer.of(0)), 'cannot hold 4000 x 4000 pixels'],
  ['a PNG that unpacks to more than its pixels', claims(8, 8, 1, Buffer.alloc(1e7)), 'damaged PNG'],
  ['a PNG without pixels', claims(0, 9, 0, Buffer.of(0)), 'without pixels (0 x 9)'],
  ['a huge JPEG', jpegOf(65535), 'is 65535 x 65535 pixels'],
  ['a JPEG that cannot be', jpegOf(4000), 'cannot hold 4000 x 4000 pixels'],
  [
    'a JPEG of a thousand passes',
    progressiveJpeg(8, 8, [greyScan(1), ...busyScans(1, 1000)]),
    'x has more than 1000 passes over its pixels: save it as a plain JPEG or PNG',
  ],
  ['a JPEG for print', cmyk, 'x is a JPEG of 4 colors (CMYK): save it as a plain JPEG or PNG'],
  ['a JPEG of 12 bits', jpegWith(4, 12), 'x is a JPEG of 12 bits a sample: save it'],
  ['a JPEG without loss', jpegWith(1, 0xc3), 'x is a JPEG of a rare kind (SOF3): save it'],
  ['a JPEG of arithmetic codes', jpegWith(1, 0xc9), 'x is a JPEG of a rare kind (SOF9): save it'],
  ['a JPEG cut off in its pixels', jpeg.subarray(0, -60), 'damaged JPEG (its pixels end too early)'],
  ['a JPEG with a table missing', jpegWith(12, 3), 'damaged JPEG (a quantization table is missing)'],
  ['a JPEG cut off in its header', jpeg.subarray(0, 30), 'damaged JPEG (it has no frame)'],
  ['a huge PGM', 'P5 4294967295 4294967295 255\n', 'more than 20 million'],
  ['a PGM cut off', 'P5 9 9 255\n123', 'damaged PGM (it has 14 of 92 bytes)'],
  ['a plain PGM cut off', 'P2 9 9 255 1 2 3', 'damaged PGM (it ends too early)'],
  ['a PGM with a word', 'P2 9 nine 255', 'damaged PGM (byte 5 should begin a number)'],
  ['a PGM beyond its largest', 'P2 1 1 7 8', 'a sample is 8, the largest should be 7'],
  ['a PBM of twos', 'P1 1 1 2', 'damaged PBM (byte 7 should be 0 or 1)'],
  ['a PGM of 0 levels', 'P2 1 1 0 0', 'its largest sample is 0, not 1 to 65535'],
])('%s: refused in one line', async (_, bytes, why) => {
  await expect(decode(bytes)).rejects.toThrow(InputError);
  await expect(decode(bytes)).rejects.toThrow(why);
});

test('cut anywhere, or a byte changed anywhere: a picture or one line, never anything else', async () => {
  const originals = [
    grey28,
    jpeg,
    readFileSync(join(PICTURES, '7-yellow-palette.png')),
    Buffer.from('P2 3 1 9\n1 2 3\n'),
  ];
  let refused = 0;
  for (const original of originals) {
    for (let at = 0; at < original.length; at += Math.ceil(original.length / 150)) {
      const changed = Buffer.from(original);
      changed[at] ^= 0x55;
      for (const bytes of [original.subarray(0, at), changed]) {
        const error: unknown = await decode(bytes).then(
          () => undefined,
          (error: unknown) => error,
        );
        if (error !== undefined) {
          expect(error).toBeInstanceOf(InputError);
          expect((error as Error).message).not.toMatch(/\n/);
          refused++;
        }
      }
    }
  }
  expect(refused).toBeGreaterThan(300);
});
