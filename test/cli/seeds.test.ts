import { integers, parseIndices, seedsOption } from '#src/cli/options.js';
import { spread } from '#src/training/metrics.js';
import { InputError } from '#src/errors.js';

const parse = (text: string) => seedsOption().parseArg!(text, undefined as never) as unknown;

test.each([
  ['0..5', [0, 1, 2, 3, 4, 5]],
  ['7', [7]],
  ['0,3,7', [0, 3, 7]],
  ['9, 0..2', [9, 0, 1, 2]],
  ['4294967295', [4294967295]],
  ['3..3', [3]],
  ['0-2,7', [0, 1, 2, 7]],
])('%s', (text, seeds) => {
  expect(parse(text)).toEqual(seeds);
});

test.each([
  '',
  '5..0',
  '0..',
  'a',
  '-1',
  '1.5',
  '0,0',
  '0..3,2',
  '4294967296',
  '0..99999999',
  '0...3',
  '0..5000,5001..11000',
])('%j is refused', (text) => {
  expect(() => parse(text)).toThrow(InputError);
  expect(() => parse(text)).toThrow(`got "${text}"`);
});

test('lists of images and of sizes are written alike', () => {
  expect(parseIndices(['7', '1..3,0-1'], 10, '--index')).toEqual([7, 1, 2, 3, 0, 1]);
  expect(() => parseIndices(['7..10'], 10, '--index')).toThrow('--index must be 0 to 9, as in');
  const sizes = integers('--hidden <list>', '', 1, 100);
  expect(sizes.parseArg!('25,3..5', undefined as never)).toEqual([25, 3, 4, 5]);
  for (const text of ['0', '101', '1e2', '', '5..4', '1,,2'])
    expect(() => sizes.parseArg!(text, undefined as never) as unknown).toThrow(
      '--hidden must be whole numbers from 1 to 100',
    );
});

test('mean and sample standard deviation, by hand', () => {
  expect(spread([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ mean: 5, std: Math.sqrt(32 / 7) });
  expect(spread([0.5])).toEqual({ mean: 0.5, std: null });
  expect(spread([])).toEqual({ mean: null, std: null });
});
