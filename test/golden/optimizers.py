"""The paths of figures 6-3 to 6-7 of the book: optimizers.json.

  python3 optimizers.py > optimizers.json   # needs NumPy; its version does not matter

30 steps down f = x0^2/20 + x1^2 from (-7, 2) by the formulas of chapter 6, with its constants and the learning rates of
its figures; the gradient is the exact one. A second set of paths goes down a valley that is not a quadratic.
"""
import json

import numpy as np

TINY = 1e-7


def sgd(rate):
    return lambda x, g: x - rate * g


def momentum(rate, share=0.9):
    v = 0.0

    def step(x, g):
        nonlocal v
        v = share * v - rate * g
        return x + v

    return step


def adagrad(rate):
    h = 0.0

    def step(x, g):
        nonlocal h
        h = h + g**2
        return x - rate * g / (np.sqrt(h) + TINY)

    return step


def adam(rate, beta1=0.9, beta2=0.999):
    m = v = 0.0
    t = 0

    def step(x, g):
        nonlocal m, v, t
        t += 1
        m = m + (1 - beta1) * (g - m)
        v = v + (1 - beta2) * (g**2 - v)
        return x - rate * np.sqrt(1 - beta2**t) / (1 - beta1**t) * m / (np.sqrt(v) + TINY)

    return step


def path(step, gradient, start, count):
    points = [np.array(start)]
    for _ in range(count):
        points.append(step(points[-1], gradient(points[-1])))
    return [point.tolist() for point in points]


BOWL = "x0^2/20 + x1^2", lambda x: np.array([x[0] / 10, 2 * x[1]]), [-7.0, 2.0], 30
VALLEY = "x0^4/4 + exp(x1) - x1", lambda x: np.array([x[0] ** 3, np.exp(x[1]) - 1]), [1.5, -2.0], 25
RUNS = [
    (BOWL, {"sgd": 0.95, "momentum": 0.1, "adagrad": 1.5, "adam": 0.3}),
    (VALLEY, {"sgd": 0.2, "momentum": 0.05, "adagrad": 0.5, "adam": 0.2}),
]
MAKERS = {"sgd": sgd, "momentum": momentum, "adagrad": adagrad, "adam": adam}

print("[")
paths = [
    {"fn": fn, "optimizer": name, "learningRate": rate, "points": path(MAKERS[name](rate), gradient, start, count)}
    for (fn, gradient, start, count), rates in RUNS
    for name, rate in rates.items()
]
print(",\n".join(json.dumps(one) for one in paths))
print("]")
