import { type Expectation, judge, unmet } from '#src/cli/command.js';
import { expectOption, integers, parseIndices, readNumber, seedsOption } from '#src/cli/options.js';
import { InputError } from '#src/errors.js';
import { spread } from '#src/training/metrics.js';

test('numbers are read in the forms that users and plots write', () => {
  expect(
    ['7', ' +.5', '1e3', '-2.', '−7', '5.11×10⁻¹⁷', '1e−3', '−', '0x10', '1 000', '', 'nan'].map(readNumber),
  ).toEqual([...[7, 0.5, 1000, -2, -7, undefined, 0.001], ...[undefined, undefined, undefined, undefined, undefined]]);
});

describe('--expect', () => {
  const option = expectOption(['testAccuracy', 'loss']);
  const parse = (text: string, before?: Expectation[]) => option.parseArg!(text, before as never) as unknown;

  test.each<[string, string, string, number]>([
    ['test_accuracy>=0.94', 'test_accuracy', '>=', 0.94],
    ['loss<1', 'loss', '<', 1],
    [' loss  <=  1e-3 ', 'loss', '<=', 0.001],
    ['test_accuracy == .5', 'test_accuracy', '==', 0.5],
    ['loss>-1', 'loss', '>', -1],
    ['testAccuracy>=0.94', 'testAccuracy', '>=', 0.94],
  ])('%s', (text, measure, operator, bound) => {
    expect(parse(text)).toEqual([{ measure, operator, bound }]);
  });

  test('accepts several, by commas and by repetition', () => {
    expect(parse('loss>0', parse('test_accuracy>=0.5,loss<3') as Expectation[])).toEqual([
      { measure: 'test_accuracy', operator: '>=', bound: 0.5 },
      { measure: 'loss', operator: '<', bound: 3 },
      { measure: 'loss', operator: '>', bound: 0 },
    ]);
  });

  test.each([
    ['', 'must be a condition such as "testAccuracy>=0.94", got ""'],
    ['test_accuracy', 'must be a condition such as'],
    ['test_accuracy=0.9', 'must be a condition such as'],
    ['test_accuracy=>0.9', 'must be a condition such as'],
    ['loss<1,', 'got ""'],
    ['accuracy>=0.9', 'can compare testAccuracy, loss; got "accuracy"'],
    ['__proto__>=0.9', 'can compare testAccuracy, loss; got "__proto__"'],
    ['loss<one', 'must compare with a number, got "loss<one"'],
    ['loss<0x10', 'must compare with a number'],
    ['loss<1e999', 'must compare with a number'],
    ['test_accuracy>=94', 'an accuracy is 0 to 1, got "test_accuracy>=94"'],
    ['test_accuracy>=94%', 'must compare with a number'],
  ])('%j is refused', (text, why) => {
    expect(() => parse(text)).toThrow(InputError);
    expect(() => parse(text)).toThrow(why);
  });

  test('gives verdicts that equal those by hand', () => {
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
    for (const name of ['testAccuracy', 'test_accuracy']) {
      const [{ measure, value }] = judge(parse(`${name}>0`) as Expectation[], { testAccuracy: 0.5 });
      expect([measure, value]).toEqual([name, 0.5]);
    }
    const verdicts = judge(parse('loss<2,test_accuracy>=0.5,loss<9') as Expectation[], { loss: 3, testAccuracy: null });
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

  test('has the syntax of lists of images and of sizes', () => {
    expect(parseIndices(['7', '1..3,0-1'], 10, '--index')).toEqual([7, 1, 2, 3, 0, 1]);
    expect(() => parseIndices(['7..10'], 10, '--index')).toThrow('--index must be 0 to 9, as in');
    const sizes = integers('--hidden <list>', '', 1, 100);
    expect(sizes.parseArg!('25,3..5', undefined as never)).toEqual([25, 3, 4, 5]);
    for (const text of ['0', '101', '1e2', '', '5..4', '1,,2'])
      expect(() => sizes.parseArg!(text, undefined as never) as unknown).toThrow(
        '--hidden must be whole numbers from 1 to 100',
      );
  });

  test('gives the mean and sample standard deviation, equal to those by hand', () => {
    expect(spread([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ mean: 5, std: Math.sqrt(32 / 7) });
    expect(spread([0.5])).toEqual({ mean: 0.5, std: null });
    expect(spread([])).toEqual({ mean: null, std: null });
  });
});
