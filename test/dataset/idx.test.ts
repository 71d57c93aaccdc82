import { gzipSync } from 'node:zlib';
import { idx } from '../helpers/idx.js';
import { parseIdx } from '#src/dataset/idx.js';
import { InputError } from '#src/errors.js';

const images = idx([2, 2, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255]);

test.each([
  ['raw', images],
  ['gzipped', gzipSync(images)],
])('reads %s images', (_, bytes) => {
  const { shape, data } = parseIdx(bytes, 'images', 3);
  expect(shape).toEqual([2, 2, 3]);
  expect([...data]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255]);
});

test.each<[string, Uint8Array, string]>([
  ['an empty file', new Uint8Array(), 'is not an IDX file: it begins with nothing'],
  ['a web page', Buffer.from('<!DOCTYPE html>'), 'is not an IDX file: it begins with 3c 21 44 4f'],
  [
    'labels for images',
    idx([3], [1, 2, 3]),
    'should hold images (magic 00 00 08 03) but holds labels (magic 00 00 08 01)',
  ],
  [
    'floats',
    Uint8Array.of(0, 0, 0x0d, 3, 0, 0, 0, 0),
    'should hold images (magic 00 00 08 03) but holds something else (magic 00 00 0d 03)',
  ],
  ['a cut header', images.subarray(0, 10), 'ends after 10 of 16 bytes'],
  ['a cut body', images.subarray(0, 20), 'ends after 20 of 28 bytes: the download was cut off; fetch it again'],
  ['bytes to spare', Buffer.concat([images, Buffer.of(1)]), 'has 29 bytes where its header promises 28'],
  [
    'a cut gzip',
    gzipSync(images).subarray(0, 30),
    'is damaged: unpacking failed (unexpected end of file); fetch it again',
  ],
])('%s is refused', (_, bytes, why) => {
  const parse = () => parseIdx(bytes, 'my-file', 3);
  expect(parse).toThrow(InputError);
  expect(parse).toThrow(`my-file ${why}`);
});
