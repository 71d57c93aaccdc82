import { golden } from '../helpers/golden.js';
import { gradientDescent } from '#src/calculus/descent.js';
import { parseExpression } from '#src/calculus/expression.js';
import { adagrad, adam, momentum, type OptimizerName, optimizers, sgd, type Update } from '#src/calculus/optimizers.js';

interface Path {
  fn: string;
  optimizer: OptimizerName;
  learningRate: number;
  points: number[][];
}
const paths = golden<Path[]>('optimizers');

const exact: Record<string, (x: Float64Array) => Float64Array> = {
  'x0^2/20 + x1^2': ([x0, x1]) => Float64Array.of(x0 / 10, 2 * x1),
  'x0^4/4 + exp(x1) - x1': ([x0, x1]) => Float64Array.of(x0 ** 3, Math.exp(x1) - 1),
};

test.each(paths)('$optimizer on $fn follows the path of NumPy', ({ fn, optimizer, learningRate, points }) => {
  const update = optimizers[optimizer](learningRate);
  const x = Float64Array.from(points[0]);
  for (const point of points.slice(1)) {
    update(x, exact[fn](x));
    point.forEach((value, i) => expect(Math.abs(x[i] - value)).toBeLessThan(1e-13 * (1 + Math.abs(value))));
  }
});

test.each(paths)('with a numerical gradient, $optimizer on $fn follows the same path', async (path) => {
  const { fn, optimizer, learningRate, points } = path;
  const { f } = await parseExpression(fn);
  const steps = points.length - 1;
  const { history, x } = gradientDescent(f, Float64Array.from(points[0]), { optimizer, learningRate, steps });
  [...history, ...x].forEach((value, i) => expect(value).toBeCloseTo(points.flat()[i], 5));
});

test('optimizers have the properties that follow from their formulas', () => {
  const gradient = Float64Array.of(3, -0.02, 0);
  const moved = (update: Update) => {
    const x = new Float64Array(3);
    update(x, gradient);
    return [...x];
  };
  expect(moved(momentum(0.1, 0))).toEqual(moved(sgd(0.1))); // with factor 0 no velocity is kept
  // The first step of AdaGrad and of Adam is the learning rate, for a gradient of any size.
  for (const update of [adagrad(0.5), adam(0.5)]) {
    const [first, second, third] = moved(update);
    expect(first).toBeCloseTo(-0.5, 4);
    expect(second).toBeCloseTo(0.5, 3);
    expect(third).toBe(0); // 0 / (0 + 1e-7)
  }
});

test('with a constant gradient, the step of momentum tends to 1 / (1 - 0.9) times that of plain descent', () => {
  const update = momentum(0.1);
  const x = Float64Array.of(0);
  let before = 0;
  for (let i = 0; i < 300; i++) {
    before = x[0];
    update(x, Float64Array.of(2));
  }
  expect(x[0] - before).toBeCloseTo(-0.1 * 2 * 10, 10);
});

test.each<[OptimizerName, number, string]>([
  ['momentum', 30, 'slow'],
  ['momentum', 400, 'converged'],
  ['adam', 30, 'slow'],
  ['adam', 2000, 'converged'],
  ['adagrad', 30, 'slow'],
  ['adagrad', 3000, 'converged'],
])('%s after %i steps: %s', async (optimizer, steps, outcome) => {
  const { f } = await parseExpression('x0^2/20 + x1^2');
  const rate = { sgd: 0.95, momentum: 0.1, adagrad: 1.5, adam: 0.3 }[optimizer];
  const { verdict } = gradientDescent(f, Float64Array.of(-7, 2), { optimizer, steps, learningRate: rate });
  expect(verdict.outcome).toBe(outcome);
});
