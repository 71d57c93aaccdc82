import { type DescentOptions, gradientDescent } from '#src/calculus/descent.js';
import { parseExpression } from '#src/calculus/expression.js';
import type { Outcome } from '#src/calculus/verdict.js';

// The outcome of each descent follows from the minima of f and from the learning rate and the curvature.
const TRUTH: [fn: string, init: number[], options: Partial<DescentOptions>, outcome: Outcome][] = [
  ['x0^2 + x1^2', [-3, 4], {}, 'converged'],
  ['x0^2 + x1^2', [-3, 4], { learningRate: 10 }, 'frozen'],
  ['x0^2 + x1^2', [-3, 4], { learningRate: 1e-10 }, 'slow'],
  ['x0^2 + x1^2', [-3, 4], { learningRate: 0.999 }, 'oscillating'],
  ['x0^2 + x1^2', [-3, 4], { learningRate: 1.01 }, 'diverged'],
  ['x0^2 + x1^2', [-3, 4], { learningRate: 1e300 }, 'diverged'],
  ['1e-10*(x0^2 + x1^2)', [-3, 4], {}, 'slow'],
  ['1e-10*(x0^2 + x1^2)', [-3, 4], { learningRate: 1e9 }, 'converged'],
  ['1e-300*(x0^2 + x1^2)', [-3, 4], { learningRate: 1e299 }, 'converged'],
  ['1e200*(x0^2 + x1^2)', [-3, 4], { learningRate: 1e-201 }, 'converged'],
  ['1e8*x0^2 + x1^2', [-3, 4], { learningRate: 4e-9 }, 'slow'],
  ['1e8*(x0 + x1)^2 + (x0 - x1)^2', [-3, 4], { learningRate: 2e-9 }, 'slow'],
  ['1 - exp(-(x0^2 + x1^2))', [1, 0], { learningRate: 100 }, 'diverged'],
  ['1 - exp(-(x0^2 + x1^2))', [1, 0], {}, 'converged'],
  ['1 - exp(-(x0^2 + x1^2))', [2, 0], { steps: 20 }, 'slow'],
  ['1 - exp(-(x0^2 + x1^2))', [100, 0], {}, 'flat'],
  ['x0^2/(1 + x0^2)', [3], { learningRate: 1e5 }, 'diverged'],
  ['x0^2/(1 + x0^2)', [3], { steps: 1000 }, 'converged'],
  ['x0^2', [-3], { learningRate: 0.5, steps: 1 }, 'converged'],
  ['x^2', [-3], { learningRate: 1 }, 'oscillating'],
  ['x^2', [-3], { learningRate: 1, steps: 1 }, 'oscillating'],
  ['x^2', [-3], { learningRate: 1, steps: 101 }, 'oscillating'],
  ['x^2', [-3], { learningRate: 2, steps: 1 }, 'diverged'],
  ['x^2', [-3], { learningRate: 1.0001 }, 'diverged'],
  ['x^2', [0], {}, 'converged'],
  ['x^2 + 1000', [3], {}, 'converged'],
  ['1e6 + x^2', [3], {}, 'converged'],
  ['1e8 + x^2', [3], {}, 'undecided'],
  ['1e20 + x^2', [3], {}, 'undecided'],
  ['1e10 + x^2', [1e-3], {}, 'undecided'],
  ['(x - 1)^2 + 1', [1], {}, 'converged'],
  ['5', [1, 2], {}, 'flat'],
  ['relu(x)', [-3], {}, 'flat'],
  ['relu(x) + 5', [-3], {}, 'flat'],
  ['-x^2', [3], {}, 'unbounded'],
  ['-x^2', [3], { learningRate: 1e-10 }, 'unbounded'],
  ['-x^2', [3], { learningRate: 1, steps: 1000 }, 'unbounded'],
  ['-x^2', [0], {}, 'stationary'],
  ['x0^2 - x1^2', [3, 4], {}, 'unbounded'],
  ['x0^2 - x1^2', [3, 1e-10], {}, 'unbounded'],
  ['x0^2 - x1^2', [3, 0], {}, 'stationary'],
  ['x0*x1', [1, 2], {}, 'unbounded'],
  ['x^3', [1], { learningRate: 1 }, 'unbounded'],
  ['x^3 - 3*x', [-3], {}, 'unbounded'],
  ['x^3 - 3*x', [2], { learningRate: 0.05 }, 'converged'],
  ['x^3', [1], {}, 'slow'],
  ['x0 + x1', [0, 0], {}, 'unbounded'],
  ['x + 1000', [1e6], { learningRate: 1e-3, h: 1 }, 'unbounded'],
  ['tanh(x)', [0], {}, 'slow'],
  ['exp(-x)', [0], { learningRate: 1 }, 'slow'],
  ['log(1 + exp(x))', [5], {}, 'slow'],
  ['log(x)', [1], { learningRate: 2 }, 'diverged'],
  ['log(x)', [-1], {}, 'undefined'],
  ['1/x', [0], {}, 'undefined'],
  ['sqrt(x)', [0], {}, 'undefined'],
  ['sqrt(x)', [1], {}, 'diverged'],
  ['abs(x)', [0.05], { learningRate: 1 }, 'oscillating'],
  ['abs(x)', [0.05], { learningRate: 1, steps: 101 }, 'oscillating'],
  ['abs(x)', [3.05], {}, 'oscillating'],
  ['x^4', [1], {}, 'slow'],
  ['x^4', [3], { learningRate: 10 }, 'frozen'],
  ['x^4', [3], { learningRate: 10, steps: 1 }, 'diverged'],
  ['cos(x)', [0], {}, 'stationary'],
  ['cos(x)', [1e-3], { learningRate: 0.5 }, 'converged'],
  ['sin(x)', [1.6], { steps: 3 }, 'slow'],
  ['100*(x1 - x0^2)^2 + (1 - x0)^2', [-1.2, 1], { learningRate: 1e-3 }, 'slow'],
  ['100*(x1 - x0^2)^2 + (1 - x0)^2', [-1.2, 1], { learningRate: 1e-3, steps: 60000 }, 'converged'],
  ['100*(x1 - x0^2)^2 + (1 - x0)^2', [-1.2, 1], { learningRate: 1 }, 'frozen'],
  ['x0^2 + 20*x1^2', [-7, 2], { learningRate: 0.05 }, 'oscillating'],
  ['x0^2/20 + x1^2', [-7, 2], { learningRate: 0.95 }, 'oscillating'],
  ['x0^2/20 + x1^2', [-7, 2], { learningRate: 0.9 }, 'slow'],
  ['x1^2', [1e15, 3], {}, 'converged'],
  ['x^2', [1e15], {}, 'frozen'],
  ['x^2', [3], { learningRate: 1e-20 }, 'slow'],
  ['x0^2 + x1^2 + x2^2', [1, 2, 3], {}, 'converged'],
];

const descend = async (fn: string, init: number[], options: Partial<DescentOptions>) =>
  gradientDescent((await parseExpression(fn)).f, Float64Array.from(init), options).verdict;

test.each(TRUTH)('%s from %j, %j: %s', async (fn, init, options, outcome) => {
  expect((await descend(fn, init, options)).outcome).toBe(outcome);
});

test('no verdict depends on the scale of f', async () => {
  const scaled = TRUTH.filter(([fn, , , outcome]) => !/1e|relu/.test(fn) && outcome !== 'undefined');
  expect(scaled.length).toBeGreaterThan(40);
  for (const scale of [2 ** -40, 2 ** 40]) {
    for (const [fn, init, options, outcome] of scaled) {
      const learningRate = (options.learningRate ?? 0.1) / scale;
      const verdict = await descend(`${scale}*(${fn})`, init, { ...options, learningRate });
      expect([fn, init, options, verdict.outcome]).toEqual([fn, init, options, outcome]);
    }
  }
});

test('a larger rate is not recommended if f has no minimum, nor at a saddle', async () => {
  for (const [fn, init, options, outcome] of TRUTH) {
    if (outcome !== 'unbounded' && outcome !== 'stationary') continue;
    expect((await descend(fn, init, options)).because).not.toContain('larger learning rate');
  }
});

test('the evidence says what fell or rose, and from which value to which', async () => {
  expect(await descend('x^2', [-3], { learningRate: 1.01 })).toMatchObject({
    because: expect.stringMatching(/^f rose from 9 to 47\d in 100 steps; try a smaller learning rate$/),
  });
  // Each step multiplies x by -1.2, and 9 * 1.2^200 is about 6e16.
  expect(await descend('x^2', [3], { learningRate: 1.1 })).toMatchObject({
    because: 'f rose from 9 to 6.17e+16 in 100 steps; try a smaller learning rate',
  });
  expect(await descend('log(x)', [1], { learningRate: 2 })).toMatchObject({
    because: 'f is NaN after step 1, outside its domain; try a smaller learning rate',
  });
  expect(await descend('-x^2', [3], { learningRate: 1e-10 })).toMatchObject({
    because: expect.stringContaining('f fell from -9 to -9.00000036'),
  });
});
