import { golden } from '../helpers/golden.js';
import { gradientDescent } from '#src/calculus/descent.js';
import { numericalGradient } from '#src/calculus/gradient.js';
import { formatArray } from '#src/cli/numpy-format.js';

interface Notebook {
  gradient: { at: number[]; printed: string }[];
  descend: {
    init: number[];
    steps: number;
    results: { lr: number; printed: string }[];
    'history_lr_0.1_printed_to_9_digits': number[][];
  };
}
const notebook = golden<Notebook>('notebook');
const bowl = (x: Float64Array) => x.reduce((sum, value) => sum + value * value, 0);

test.each(notebook.gradient)('gradient at $at prints $printed', ({ at, printed }) => {
  expect(formatArray(numericalGradient(bowl, Float64Array.from(at)))).toBe(printed);
});

test('the point is not changed, and any number of variables will do', () => {
  const at = Float64Array.from({ length: 50 }, (_, i) => i);
  const gradient = numericalGradient(bowl, at);
  expect(at[7]).toBe(7);
  gradient.forEach((slope, i) => expect(Math.abs(slope - 2 * i)).toBeLessThan(1e-7));
});

describe('descent', () => {
  const { init, steps, results, 'history_lr_0.1_printed_to_9_digits': history } = notebook.descend;
  const start = Float64Array.from(init);

  test.each(results)('learning rate $lr ends at $printed', ({ lr, printed }) => {
    expect(formatArray(gradientDescent(bowl, start, { learningRate: lr, steps }).x)).toBe(printed);
  });

  test('the 100 rows of the history, to nine digits', () => {
    const descent = gradientDescent(bowl, start, { learningRate: 0.1, steps });
    const rows = history.map((_, r) =>
      [...descent.history.slice(2 * r, 2 * r + 2)].map((x) => Number(x.toPrecision(9))),
    );
    expect(rows).toHaveLength(100);
    expect(rows).toEqual(history);
  });

  test.each([
    [0.1, 'converged'],
    [10, 'frozen'],
    [1e-10, 'slow'],
    [0.999, 'oscillating'],
    [1.01, 'diverged'],
    [0.9, 'converged'],
  ])('learning rate %d: %s', (learningRate, outcome) => {
    expect(gradientDescent(bowl, start, { learningRate }).verdict.outcome).toBe(outcome);
  });

  test('a step out of the domain of log is the end', () => {
    const { verdict } = gradientDescent(([x]) => Math.log(x), Float64Array.of(1), { learningRate: 2 });
    expect(verdict).toMatchObject({ outcome: 'diverged', because: expect.stringContaining('f is NaN') });
  });

  test('at the minimum it stays there', () => {
    const { verdict, x } = gradientDescent(bowl, new Float64Array(2));
    expect(verdict.outcome).toBe('converged');
    expect([...x]).toEqual([0, 0]);
  });
});
