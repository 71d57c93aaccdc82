// Four ways to step down a gradient (book, 6.1). An optimizer is a function of the learning rate that returns an update;
// the update moves x, a step further on each call, and keeps what it remembers of earlier gradients to itself.

/**
 * One step: moves x in place.
 *
 * @param x (n)
 * @param gradient (n), ∇f(x)
 */
export type Update = (x: Float64Array, gradient: Float64Array) => void;

/** AdaGrad and Adam divide by a root that may be 0; the book adds this to it. */
const TINY = 1e-7;

/**
 * Gradient descent (book, 6.1.2): x ← x - η g.
 *
 * @param learningRate η, > 0
 */
export function sgd(learningRate: number): Update {
  return (x, gradient) => {
    for (let i = 0; i < x.length; i++) x[i] -= learningRate * gradient[i];
  };
}

/**
 * Momentum (book, 6.1.4): v ← α v - η g, x ← x + v. A ball that rolls: v is its velocity, α how much of it is left after a
 * step.
 *
 * @param learningRate η, > 0
 * @param share α, in [0, 1)
 */
export function momentum(learningRate: number, share = 0.9): Update {
  const velocity = remembered();
  return (x, gradient) => {
    const v = velocity(x.length);
    for (let i = 0; i < x.length; i++) {
      v[i] = share * v[i] - learningRate * gradient[i];
      x[i] += v[i];
    }
  };
}

/**
 * AdaGrad (book, 6.1.5; Duchi, Hazan and Singer 2011): h ← h + g², x ← x - η g / (√h + 10⁻⁷). Each coordinate has a learning
 * rate of its own, which falls the more that coordinate has moved.
 *
 * @param learningRate η, > 0
 */
export function adagrad(learningRate: number): Update {
  const squares = remembered();
  return (x, gradient) => {
    const h = squares(x.length);
    for (let i = 0; i < x.length; i++) {
      h[i] += gradient[i] * gradient[i];
      x[i] -= (learningRate * gradient[i]) / (Math.sqrt(h[i]) + TINY);
    }
  };
}

/**
 * Adam (book, 6.1.6; Kingma and Ba 2015): m ← m + (1 - β₁)(g - m), v ← v + (1 - β₂)(g² - v),
 * x ← x - ηₜ m / (√v + 10⁻⁷), where ηₜ = η √(1 - β₂ᵗ) / (1 - β₁ᵗ) makes up for m and v beginning at 0. This is the form at the
 * end of section 2 of the paper, and the book's.
 *
 * @param learningRate η, > 0
 * @param beta1 β₁, how much of the mean gradient m is left after a step, in [0, 1)
 * @param beta2 β₂, the same of the mean square v
 */
export function adam(learningRate: number, beta1 = 0.9, beta2 = 0.999): Update {
  const means = remembered();
  const squares = remembered();
  let t = 0;
  return (x, gradient) => {
    t++;
    const rate = (learningRate * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t);
    const [m, v] = [means(x.length), squares(x.length)];
    for (let i = 0; i < x.length; i++) {
      m[i] += (1 - beta1) * (gradient[i] - m[i]);
      v[i] += (1 - beta2) * (gradient[i] * gradient[i] - v[i]);
      x[i] -= (rate * m[i]) / (Math.sqrt(v[i]) + TINY);
    }
  };
}

/** An array that is all 0 when it is first asked for, and the same array from then on. */
function remembered(): (n: number) => Float64Array {
  let values: Float64Array | undefined;
  return (n) => (values ??= new Float64Array(n));
}

/** Every optimizer by name. */
export const optimizers = { sgd, momentum, adagrad, adam } as const;

export type OptimizerName = keyof typeof optimizers;
