import { InputError } from '#src/errors.js';
import { readJsonArrays } from '#src/formats/json-arrays.js';

const read = (text: string) => Object.fromEntries(readJsonArrays(Buffer.from(text), 'g.json'));
const array = (shape: number[], ...values: number[]) => ({ shape, data: Float64Array.from(values) });

test('arrays of any depth, nested objects, and other values beside them are read', () => {
  expect(
    read(
      ' {"W1": [[1, 2.5e-3], [-0, 4E+2]], "b1":[7],"grads": {"b2": [], "deep": {"W2": [[[1]],[[2]]]}}, "lr": 0.1, "name": "x\\"y", "ok": true, "none": null}\n',
    ),
  ).toEqual({
    W1: array([2, 2], 1, 0.0025, -0, 400),
    b1: array([1], 7),
    'grads/b2': array([0]),
    'grads/deep/W2': array([2, 1, 1], 1, 2),
    lr: array([], 0.1),
  });
});

test('numbers that are not finite are read, as Python and gd-train write them', () => {
  expect(read('{"b1": [NaN, Infinity, -Infinity, "NaN", "-Infinity", "inf"]}').b1).toEqual(
    array([6], NaN, Infinity, -Infinity, NaN, -Infinity, Infinity),
  );
});

test('a byte order mark, names beyond ASCII, escapes and __proto__ are read', () => {
  const arrays = readJsonArrays(
    Buffer.from('\ufeff{"∂W1":[1],"\\u0041\\n":[2],"__proto__":[3],"constructor":{"x":[4]}}'),
    'x',
  );
  expect([...arrays.keys()]).toEqual(['∂W1', 'A\n', '__proto__', 'constructor/x']);
  expect(Object.getPrototypeOf({})).toBe(Object.prototype);
});

test('all digits of a number are read', () => {
  const values = Float64Array.from({ length: 2000 }, (_, i) => Math.sin(i) * 10 ** (i % 60) - 30);
  expect(read(JSON.stringify({ a: Array.from(values) })).a.data).toEqual(values);
});

test.each([
  ['', 'it should begin with {|it ends too early'],
  ['[1]', 'it should begin with {'],
  ['{"a": [1, 2}', '", or ] is missing|, or ] is missing'],
  ['{"a": [1,]}', '"]" in "a" is no number'],
  ['{"a": [1 2]}', ', or ] is missing'],
  ['{"a": [1, "x"]}', '"x" in "a" is no number'],
  ['{"a": [null]}', '"null" in "a" is no number'],
  ['{"a": [{}]}', '"{" in "a" is no number'],
  ['{"a": [0x10]}', '"0x10" in "a" is no number'],
  ['{"a": [1e]}', '"1e" in "a" is no number'],
  ['{"a": [[1, 2], [3]]}', '"a" is ragged: it has rows of 2 and of 1'],
  ['{"a": [[1], 2]}', '"a" has a number where an array was expected'],
  ['{"a": [1, [2]]}', '"a" has an array where a number was expected'],
  ['{"a": [1]', ', or } is missing|it ends too early'],
  ['{"a": 1, "a": 2}', '"a" is there twice'],
  ['{"a": 1} x', 'more follows'],
  ['{a: 1}', 'a name in "quotes" is missing'],
  ['{"a": }', 'a value of "a" is missing'],
  ['{"a": tru}', '"tru" is no value'],
  [`{"a": ${'['.repeat(1e5)}`, '"a" has more than 8 axes'],
  [`${'{"a":'.repeat(1e5)}`, 'objects lie more than 8 deep'],
  [`{"${'a'.repeat(1e6)}": 1}`, 'was not expected'],
  [`{${Array.from({ length: 1001 }, (_, i) => `"k${i}":0`).join()}}`, 'holds more than 1000 arrays'],
  [`{"a": [${'0,'.repeat(4_000_001)}0]}`, 'holds more than 4,000,000 numbers'],
])('%.30s: refused in one line', (text, why) => {
  const attempt = () => read(text);
  expect(attempt).toThrow(InputError);
  expect(attempt).toThrow(
    new RegExp(
      why
        .split('|')
        .map((part) => part.replace(/[.*+?^${}()[\]\\]/g, '\\$&'))
        .join('|'),
    ),
  );
  try {
    attempt();
  } catch (error) {
    expect((error as Error).message).not.toContain('\n');
    expect((error as Error).message.length).toBeLessThan(200);
  }
});
