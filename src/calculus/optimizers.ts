// Four ways to step down a gradient (book, 6.1). An optimizer is a function that takes the learning rate and returns an
// `Update`, which makes one step per call. What an update remembers of earlier gradients is in its closure.

/**
 * Makes one step: changes x in place.
 *
 * @param x (n)
 * @param gradient (n), ∇f(x)
 */
export type Update = (x: Float64Array, gradient: Float64Array) => void;

/** The book adds this to the roots that AdaGrad and Adam divide by, because a root may be 0. */
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
 * Momentum (book, 6.1.4): v ← α v - η g, x ← x + v. x moves like a ball that rolls with velocity v and loses the fraction
 * 1 - α of it per step to friction.
 *
 * @param learningRate η, > 0
 * @param alpha α, in [0, 1)
 */
export function momentum(learningRate: number, alpha = 0.9): Update {
  const velocity = remembered();
  return (x, gradient) => {
    const v = velocity(x.length);
    for (let i = 0; i < x.length; i++) {
      v[i] = alpha * v[i] - learningRate * gradient[i];
      x[i] += v[i];
    }
  };
}

/**
 * AdaGrad (book, 6.1.5; Duchi, Hazan and Singer 2011): h ← h + g², x ← x - η g / (√h + 10⁻⁷). Each coordinate has a learning
 * rate of its own, η / √h, which falls with every gradient. h is the book's letter; it is not the step of a difference.
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
 * @param beta1 β₁, weight of the earlier gradients in their mean m, in [0, 1)
 * @param beta2 β₂, weight of the earlier squares in their mean v, in [0, 1)
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

/** What an update remembers, (n): zeros at its first step, and the same array at later ones. */
function remembered(): (n: number) => Float64Array {
  let values: Float64Array | undefined;
  return (n) => (values ??= new Float64Array(n));
}

/** Every optimizer by name. */
export const optimizers = { sgd, momentum, adagrad, adam } as const;

export type OptimizerName = keyof typeof optimizers;
