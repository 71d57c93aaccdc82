import type { ForwardPass } from './error-analysis.js';
import type { Cause, Factor, GradeContext } from './mistake.js';

export const TRANSPOSED: Cause = {
  cause: 'transposed',
  what: 'rows and columns are exchanged',
  advice: 'dW1 = x.T @ dhidden is (784, hidden), dW2 = hidden.T @ dscores (hidden, 10), as W1 and W2 are',
};

const factor = (factor: number, cause: string, what: string, advice: string): Factor => ({
  factor,
  cause,
  what,
  advice,
});

const WRONG_SIGN = factor(
  -1,
  'sign',
  'the sign is wrong',
  'it is y - t, not t - y; the minus of gradient descent stands in the update, w -= lr * gradient',
);

/** What a gradient may be multiplied by: lists of factors that come together, none or two at most. */
export function factors({ net, batch }: ForwardPass, { learningRate }: GradeContext): readonly (readonly Factor[])[] {
  const { count: N } = batch;
  const K = net.outputSize;
  const once = 'once is enough: either in (y - t) / N or at the end';
  const mean = 'the loss is a mean over the images alone: a sum over the classes, divided by N';
  const images = 'the loss is a mean over the images: (y - t) / N';
  const update = 'it belongs into the update, w -= lr * gradient';
  const quotient = 'a central difference is (f(x + h) - f(x - h)) / (2 * h)';
  const pixels = 'x lies in [0, 1]: the pixels, 0 to 255 and white on black, are divided by 255 once';
  const loss = 'the loss is the mean of -log(y_t + 1e-7), with the natural logarithm';
  const scales = [
    factor(N, 'batch-size', `it is not divided by the batch size ${N}: a sum, not a mean`, images),
    factor(1 / N, 'batch-size', `it is divided by the batch size ${N} twice`, once),
    factor(N / (N - 1), 'batch-size', `it is divided by ${N - 1}, not by the batch size ${N}`, images),
    factor(N / (N + 1), 'batch-size', `it is divided by ${N + 1}, not by the batch size ${N}`, images),
    factor(1 / K, 'class-count', `it is divided by the ${K} classes too`, mean),
    factor(N / K, 'class-count', `it is divided by the ${K} classes, not by the batch size ${N}`, mean),
    factor(2, 'difference-step', 'it is twice as large, as a difference divided by h and not by 2h', quotient),
    factor(1 / 2, 'difference-step', 'it is half as large, as a one-sided difference divided by 2h', quotient),
    factor(learningRate, 'learning-rate', `the learning rate ${learningRate} is multiplied in`, update),
    factor(255, 'pixels', 'it is 255 times as large, as with pixels of 0 to 255 on the way back alone', pixels),
    factor(1 / 255, 'pixels', 'it is 255 times too small, as with pixels that are divided twice', pixels),
    factor(Math.LOG2E, 'logarithm', 'the loss has the logarithm to base 2', loss),
    factor(Math.LOG10E, 'logarithm', 'the loss has the logarithm to base 10', loss),
  ];
  const real = scales.filter((scale) => scale.factor !== 1 && Number.isFinite(scale.factor));
  return [[], [WRONG_SIGN], ...real.flatMap((scale) => [[scale], [scale, WRONG_SIGN]])];
}

/** The right gradient times some number that no known mistake makes. */
export function unknownFactor(value: number): Factor {
  return factor(
    value,
    'factor',
    `it is ${Number(value.toPrecision(6))} times what it should be`,
    'look for something multiplied or divided once too often',
  );
}
