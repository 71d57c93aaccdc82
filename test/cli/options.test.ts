import { type Expectation, expectOption, judge, seedsOption, spread, unmet } from '#src/cli/options.js';
import { InputError } from '#src/errors.js';

describe('--expect', () => {
  const option = expectOption(['test_accuracy', 'loss']);
  const parse = (text: string, before?: Expectation[]) => option.parseArg!(text, before as never) as unknown;

  test.each<[string, string, string, number]>([
    ['test_accuracy>=0.94', 'test_accuracy', '>=', 0.94],
    ['loss<1', 'loss', '<', 1],
    [' loss  <=  1e-3 ', 'loss', '<=', 0.001],
    ['test_accuracy == .5', 'test_accuracy', '==', 0.5],
    ['loss>-1', 'loss', '>', -1],
  ])('%s', (text, measure, operator, bound) => {
    expect(parse(text)).toEqual([{ measure, operator, bound }]);
  });

  test('several, by commas and by repetition', () => {
    expect(parse('loss>0', parse('test_accuracy>=0.5,loss<3') as Expectation[])).toEqual([
      { measure: 'test_accuracy', operator: '>=', bound: 0.5 },
      { measure: 'loss', operator: '<', bound: 3 },
      { measure: 'loss', operator: '>', bound: 0 },
    ]);
  });

  test.each([
    ['', 'must be such as "test_accuracy>=0.94", got ""'],
    ['test_accuracy', 'must be such as'],
    ['test_accuracy=0.9', 'must be such as'],
    ['test_accuracy=>0.9', 'must be such as'],
    ['loss<1,', 'got ""'],
    ['accuracy>=0.9', 'may speak of test_accuracy, loss, got "accuracy"'],
    ['__proto__>=0.9', 'may speak of test_accuracy, loss, got "__proto__"'],
    ['loss<one', 'must compare with a number, got "loss<one"'],
    ['loss<0x10', 'must compare with a number'],
    ['loss<1e999', 'must compare with a number'],
    ['test_accuracy>=94', 'an accuracy is 0 to 1, got "test_accuracy>=94"'],
    ['test_accuracy>=94%', 'must compare with a number'],
  ])('%j is refused', (text, why) => {
    expect(() => parse(text)).toThrow(InputError);
    expect(() => parse(text)).toThrow(why);
  });

  test('verdicts, by hand', () => {
    const met = (text: string, value: number | null) => judge(parse(text) as Expectation[], { loss: value })[0].isMet;
    expect(['>=', '>', '==', '<=', '<'].map((operator) => met(`loss${operator}2`, 2))).toEqual([
      true,
      false,
      true,
      true,
      false,
    ]);
    expect(['>=', '>', '==', '<=', '<'].map((operator) => met(`loss${operator}2`, 3))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(['>=', '>', '==', '<=', '<'].map((operator) => met(`loss${operator}2`, NaN))).toEqual(Array(5).fill(false));
    expect(met('loss<2', null)).toBe(false);
    const verdicts = judge(parse('loss<2,test_accuracy>=0.5,loss<9') as Expectation[], {
      loss: 3,
      test_accuracy: null,
    });
    expect(unmet(verdicts)).toBe('not met: loss is 3, expected < 2; test_accuracy is not known, expected >= 0.5');
    expect(unmet(verdicts.slice(2))).toBeUndefined();
  });
});

describe('--seeds', () => {
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
});
