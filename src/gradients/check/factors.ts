import type { Surroundings } from './hypotheses.js';
import type { ForwardPass } from './forward-pass.js';

/** A mistake that multiplies a gradient by a number. */
export interface Factor {
  readonly factor: number;
  readonly cause: string;
  readonly what: string;
  readonly advice: string;
}

const WRONG_SIGN: Factor = {
  ...{ factor: -1, cause: 'sign', what: 'the sign is wrong' },
  advice: 'it is y - t, not t - y; the minus of gradient descent stands in the update, w -= lr * gradient',
};

/** What a gradient may be multiplied by: lists of factors that come together, none or two at most. */
export function factors({ net, batch }: ForwardPass, { learningRate }: Surroundings): readonly (readonly Factor[])[] {
  const { count: N } = batch;
  const K = net.outputSize;
  const scales: Factor[] = [
    {
      ...{ factor: N, cause: 'batch-size', what: `it is not divided by the batch size ${N}: a sum, not a mean` },
      advice: 'the loss is a mean over the images: (y - t) / N',
    },
    {
      ...{ factor: 1 / N, cause: 'batch-size', what: `it is divided by the batch size ${N} twice` },
      advice: 'once is enough: either in (y - t) / N or at the end',
    },
    {
      ...{ factor: 1 / K, cause: 'class-count', what: `it is divided by the ${K} classes too` },
      advice: 'the loss is a mean over the images alone: a sum over the classes, divided by N',
    },
    {
      ...{
        factor: 2,
        cause: 'difference-step',
        what: 'it is twice as large, as a difference divided by h and not by 2h',
      },
      advice: 'a central difference is (f(x + h) - f(x - h)) / (2 * h)',
    },
    {
      ...{ factor: learningRate, cause: 'learning-rate', what: `the learning rate ${learningRate} is multiplied in` },
      advice: 'it belongs into the update, w -= lr * gradient',
    },
  ];
  const real = scales.filter(({ factor }) => factor !== 1);
  return [[], [WRONG_SIGN], ...real.flatMap((scale) => [[scale], [scale, WRONG_SIGN]])];
}

/** The right gradient times some number that no known mistake makes. */
export function unknownFactor(factor: number): Factor {
  return {
    ...{ factor, cause: 'factor', what: `it is ${Number(factor.toPrecision(6))} times what it should be` },
    advice: 'look for something multiplied or divided once too often',
  };
}
