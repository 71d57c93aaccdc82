import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { busyScans, greyScan, progressiveJpeg } from '../helpers/jpeg.js';
import { PICTURES } from '../helpers/pictures.js';
import sharp from 'sharp';
import { chunk, png } from '../helpers/png.js';
import { InputError } from '#src/errors.js';
import { decodePicture, isPicture } from '#src/pictures/decode.js';

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
  test('there are 13 kinds to compare', () => expect(kinds).toHaveLength(13));
  test.each(kinds.map((name) => name.replace('.png', '')))('%s: as libjpeg reads it', async (name) => {
    const [picture, want] = await Promise.all(
      ['jpg', 'png'].map((ending) => decode(readFileSync(join(folder, `${name}.${ending}`)))),
    );
    expect([picture.rows, picture.columns]).toEqual([want.rows, want.columns]);
    const differences = picture.rgba.map((value, i) => Math.abs(value - want.rgba[i]));
    // A large JPEG is reduced in two steps, by libjpeg and then by averaging. Pixels at edges may differ.
    const [mean, most] = /half|quarter|eighth/.test(name) ? [6, 90] : [0.25, 4];
    expect(differences.reduce((sum, value) => sum + value) / differences.length).toBeLessThan(mean);
    expect(Math.max(...differences)).toBeLessThanOrEqual(most);
  });

  test('each EXIF orientation is turned upright', async () => {
    const names = readdirSync(PICTURES).filter((name) => name.includes('exif'));
    expect(names).toHaveLength(7);
    const [first, ...others] = await Promise.all(names.map((name) => decode(readFileSync(join(PICTURES, name)))));
    for (const { rgba } of others) {
      expect(rgba.reduce((most, value, i) => Math.max(most, Math.abs(value - first.rgba[i])), 0)).toBeLessThan(40);
    }
  });
});

/** A TIFF header as in EXIF, with one entry: the orientation as a SHORT (type 3) or a LONG (type 4). */
const exif = (value: number, type = 3) => [
  ...Buffer.from('II*\0\x08\0\0\0\x01\0\x12\x01', 'latin1'),
  ...[type, 0, 1, 0, 0, 0, value, 0, 0, 0, 0, 0, 0, 0],
];
const lettersOf = async (chunks: [string, number[]][]) => {
  const samples = Buffer.from('abcdef');
  const picture = await decode(png({ columns: 3, rows: 2, colorType: 0, depth: 8, samples, chunks }));
  return Array.from({ length: picture.rows }, (_, row) =>
    Array.from({ length: picture.columns }, (_, c) =>
      String.fromCharCode(picture.rgba[4 * (row * picture.columns + c)]),
    ).join(''),
  ).join('/');
};

test.each([
  ['SHORT', 3],
  ['LONG', 4],
])('all orientations are read from the eXIf chunk of a PNG as a %s', async (_, type) => {
  const turned = [1, 2, 3, 4, 5, 6, 7, 8].map((value) => lettersOf([['eXIf', exif(value, type)]]));
  expect(await Promise.all(turned)).toEqual(
    ['abc/def', 'cba/fed', 'fed/cba', 'def/abc', 'ad/be/cf', 'da/eb/fc', 'fc/eb/da', 'cf/be/ad'], //
  );
});

test.each<[string, number[]]>([
  ['nothing', []],
  ['no entry', [...Buffer.from('II*\0')]],
  ['an entry far away', [...Buffer.from('II*\0\xff\xff\xff\xff', 'latin1')]],
  ['orientation 9', exif(9)],
])('EXIF with %s gives no orientation', async (_, data) => {
  expect(await lettersOf([['eXIf', data]])).toBe('abc/def');
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

test.each<[string, Uint8Array | string, string]>([
  ['nothing', '', 'x is empty'],
  ['text', 'hello', 'x is no picture: save it as PNG, JPEG or PGM'],
  ['a GIF cut off', 'GIF89a', 'x is a damaged GIF'],
  ['a WebP cut off', 'RIFF\x10\0\0\0WEBPVP8 ', 'x is a damaged WebP'],
  ['a TIFF cut off', 'II*\0\x08\0\0\0', 'x is a damaged TIFF'],
  ['a BMP', 'BM\x36\0\0\0', 'x is a BMP: convert it to PNG, for example with "magick PICTURE PICTURE.png"'],
  ['a JPEG XL', Buffer.of(0xff, 0x0a, 0, 0), 'x is a JPEG XL: convert it to PNG'],
  ['a PDF', '%PDF-1.7', 'x is a PDF or PostScript: convert it'],
  ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'x is an SVG or another text: save it as PNG'],
  ['a HEIC', '\0\0\0\x18ftypheic', 'x is a HEIC: convert it to JPEG, for example with "heif-convert PHOTO.heic'],
  ['an AVIF cut off', '\0\0\0\x18ftypmif1\0\0\0\0avifmif1', 'x is a damaged AVIF'],
  ['a PNG cut off', grey28.subarray(0, 60), 'x is a damaged PNG (it ends too early): save it again'],
  ['a PNG of a header only', grey28.subarray(0, 20), 'damaged PNG (its header is broken)'],
  ['a huge PNG', claims(1e5, 1e5, 0, Buffer.of(0)), 'is 100000 x 100000 pixels, more than 20 million: make it smaller'],
  ['a PNG of few bytes', claims(4000, 4000, 0, Buffer.of(0)), 'damaged PNG (its data is broken)'],
  ['a PNG that unpacks to more than its pixels', claims(8, 8, 1, Buffer.alloc(1e7)), 'damaged PNG'],
  ['a PNG without pixels', claims(0, 9, 0, Buffer.of(0)), 'damaged PNG (its header is broken)'],
  ['a huge JPEG', jpegOf(65500), 'is 65500 x 65500 pixels, more than 256 million: make it smaller'],
  ['a long PNG', claims(1, 20_001, 0, Buffer.alloc(40_002)), 'is 1 x 20001 pixels, more than 20000 in a row: crop it'],
  ['a JPEG of few bytes', jpegOf(4000), 'damaged JPEG'],
  [
    'a JPEG of a thousand passes',
    progressiveJpeg(8, 8, [greyScan(1), ...busyScans(1, 1000)]),
    'x has 1001 passes over its pixels: save it as a plain JPEG or PNG',
  ],
  ['a JPEG of 12 bits', jpegWith(4, 12), 'damaged JPEG'],
  ['a JPEG of a rare kind', jpegWith(1, 0xc5), 'damaged JPEG'],
  ['a JPEG cut off in its pixels', jpeg.subarray(0, -60), 'damaged JPEG (it ends too early)'],
  ['a JPEG with a table missing', jpegWith(12, 3), 'damaged JPEG'],
  ['a JPEG cut off in its header', jpeg.subarray(0, 30), 'damaged JPEG'],
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

describe('a PNG whose compressed data is damaged', () => {
  const raw = Buffer.alloc(28 * 29, 7).map((value, i) => (i % 29 === 0 ? 0 : value));
  const data = deflateSync(raw);
  const header = Buffer.of(0, 0, 0, 28, 0, 0, 0, 28, 8, 0, 0, 0, 0);
  const pngOf = (...parts: Uint8Array[]) =>
    Buffer.concat([
      grey28.subarray(0, 8),
      chunk('IHDR', header),
      ...parts.map((part) => chunk('IDAT', Buffer.from(part))),
      chunk('IEND', Buffer.of()),
    ]);
  const wrong = Buffer.from(data);
  wrong[wrong.length - 1] ^= 1;
  const [most, checksum] = [wrong.subarray(0, -4), wrong.subarray(-4)];

  test('an undamaged file is read, also with bytes after its end', async () => {
    expect(await grey(pngOf(data))).toEqual(new Array(784).fill(7));
    expect(await grey(Buffer.concat([pngOf(data), Buffer.from('a note')]))).toEqual(new Array(784).fill(7));
  });
  test.each<[string, Uint8Array, string]>([
    ['a wrong checksum', pngOf(wrong), 'incorrect data check'],
    ['a wrong checksum in a chunk of its own', pngOf(most, checksum), 'incorrect data check'],
    ['no checksum', pngOf(most), 'it ends too early'],
    ['too few rows', pngOf(deflateSync(raw.subarray(0, -29))), 'its data is broken'],
    ['one byte too few', pngOf(deflateSync(raw.subarray(0, -1))), 'its data is broken'],
    ['more than its pixels', pngOf(deflateSync(Buffer.alloc(1e6))), 'it unpacks to more than its pixels'],
    ['no end', pngOf(data).subarray(0, -12), 'it ends too early'],
  ])('%s: refused', async (_, bytes, why) => {
    await expect(decode(bytes)).rejects.toThrow(`damaged PNG (${why})`);
  });
  test('files that once made the decoder show memory of the process', async () => {
    for (const name of ['t-five-corrupt.png', 'leak28.png', 'clear2.png']) {
      await expect(decode(readFileSync(join(PICTURES, 'damaged', name)))).rejects.toThrow('x is a damaged PNG');
    }
  });
});

test('the same bytes give the same pixels, whatever was read before', async () => {
  const files = ['3-thick.png', '4-exif-3.jpg', '7-yellow-palette.png', 'jpeg/420-progressive.jpg'];
  const originals = files.map((name) => readFileSync(join(PICTURES, name)));
  const first = await Promise.all(originals.map(decode));
  for (let round = 0; round < 5; round++) {
    for (const [i, bytes] of originals.entries()) {
      // Memory that was just freed holds these values. A pixel that is not written would show them.
      Array.from({ length: 20 }, (_, k) => Buffer.alloc(1000 * 4 ** (k % 6), 0x11 * round + k));
      await decode(originals[(i + round) % 4].subarray(0, -40)).catch(() => undefined);
      const { rgba } = await decode(bytes);
      expect(Buffer.compare(rgba, first[i].rgba)).toBe(0);
    }
  }
});

test('WebP, GIF, TIFF and AVIF give the same picture; an animation gives its first frame and its number of frames', async () => {
  const samples = Uint8Array.from({ length: 784 }, (_, i) => (i % 28 < 14 ? 0 : 255));
  const image = sharp(png({ columns: 28, rows: 28, colorType: 0, depth: 8, samples }));
  const encoded = await Promise.all([
    image.clone().webp({ lossless: true }).toBuffer(),
    image.clone().gif().toBuffer(),
    image.clone().tiff({ compression: 'lzw' }).toBuffer(),
    image.clone().avif({ lossless: true }).toBuffer(),
  ]);
  for (const bytes of encoded) {
    expect(isPicture(bytes)).toBe(true);
    expect((await grey(bytes)).map((value) => Math.round(value / 255))).toEqual([...samples].map((v) => v / 255));
    await expect(decode(bytes.subarray(0, bytes.length - 30))).rejects.toThrow(/x is a damaged (WebP|GIF|TIFF|AVIF) /);
  }
  const frames = Buffer.concat([Buffer.alloc(3 * 784, 9), Buffer.alloc(3 * 784, 200)]);
  const raw = { width: 28, height: 56, channels: 3, pageHeight: 28 } as const;
  const animation = await decode(
    await sharp(frames, { raw })
      .gif({ delay: [9, 9] })
      .toBuffer(),
  );
  expect([animation.frames, animation.rows, animation.rgba[0]]).toEqual([2, 28, 9]);
});

test('a JPEG of 50 megapixels is read, baseline or progressive', async () => {
  const create = { width: 8160, height: 6120, channels: 3, background: { r: 200, g: 100, b: 50 } } as const;
  for (const progressive of [false, true]) {
    const { rows, columns, rgba } = await decode(await sharp({ create }).jpeg({ progressive }).toBuffer());
    expect([rows, columns]).toEqual([384, 512]);
    expect([...rgba.subarray(0, 4)].map((value) => Math.round(value / 10))).toEqual([20, 10, 5, 26]);
  }
});

test('formats that are decoded in memory as a whole have a limit in bytes', async () => {
  const create = { width: 4400, height: 4400, channels: 4, background: 'red' } as const;
  const interlaced = await sharp({ create }).toColourspace('rgb16').png({ progressive: true }).toBuffer();
  await expect(decode(interlaced)).rejects.toThrow(
    'x (interlaced PNG, 4400 x 4400 pixels) would take 155 MB to decode, more than 150 MB: make it smaller',
  );
  const avif = await sharp({ create: { ...create, channels: 3, height: 2000 } })
    .avif({ effort: 0 })
    .toBuffer();
  await expect(decode(avif)).rejects.toThrow('x (AVIF, 4400 x 2000 pixels) would take 158 MB to decode');
});

test('a file that is cut or has a changed byte, at any place, gives a picture or an error in one line', async () => {
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
