import { golden } from '../helpers/golden.js';
import { formatArray, formatScalar } from '#src/cli/numpy-format.js';

interface Case {
  shape: number[];
  data: (number | string)[];
  printed: string;
}

test.each(golden<Case[]>('numpy-format').map((item, i) => [i, item] as const))(
  'array %i is printed as by NumPy',
  (_, item) => {
    const data = item.data.map((value) =>
      typeof value === 'number' ? value : Number(value.replace('inf', 'Infinity')),
    );
    expect(formatArray(data, item.shape)).toBe(item.printed);
  },
);

test('scalars have all digits', () => {
  expect([6.00000000000378, -0, 1e-7, NaN].map(formatScalar)).toEqual(['6.00000000000378', '0', '1e-7', 'NaN']);
});
