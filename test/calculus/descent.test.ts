import { golden } from '../helpers/golden.js';
import { gradientDescent } from '#src/calculus/descent.js';
import { formatArray } from '#src/cli/numpy-format.js';
import type { Descent } from '#src/index.js';

interface Notebook {
  descend: {
    init: number[];
    steps: number;
    results: { lr: number; printed: string }[];
    'history_lr_0.1_printed_to_9_digits': number[][];
  };
}
const notebook = golden<Notebook>('notebook');
const bowl = (x: Float64Array) => x.reduce((sum, value) => sum + value * value, 0);

describe('descent', () => {
  const { init, steps, results, 'history_lr_0.1_printed_to_9_digits': history } = notebook.descend;
  const start = Float64Array.from(init);

  test.each(results)('learning rate $lr ends at $printed', ({ lr, printed }) => {
    expect(formatArray(gradientDescent(bowl, start, { learningRate: lr, steps }).x)).toBe(printed);
  });

  test('has the 100 rows of the history, to nine digits', () => {
    const descent = gradientDescent(bowl, start, { learningRate: 0.1, steps });
    const rows = history.map((_, r) =>
      [...descent.history.slice(2 * r, 2 * r + 2)].map((x) => Number(x.toPrecision(9))),
    );
    expect(rows).toHaveLength(100);
    expect(rows).toEqual(history);
  });

  test('does not change init', () => {
    const descent: Descent = gradientDescent(bowl, start, { steps: 3 });
    expect([...start]).toEqual(init);
    expect(descent.value).toBe(bowl(descent.x));
    expect(descent.history).toHaveLength(6);
  });
});
