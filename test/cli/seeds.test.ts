import { seedsOption } from '#src/cli/options.js';
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

test('mean and sample standard deviation, by hand', () => {
  expect(spread([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ mean: 5, std: Math.sqrt(32 / 7) });
  expect(spread([0.5])).toEqual({ mean: 0.5, std: null });
  expect(spread([])).toEqual({ mean: null, std: null });
});
