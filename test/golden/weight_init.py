"""First weights by the rules of the book's chapter 6 (common/multi_layer_net.py), in NumPy's legacy stream: weight-init.json.

  python3 weight_init.py > weight-init.json    # needs NumPy; its version does not matter
"""
import json

import numpy as np


def scale(rule, inputs):
    if rule == "xavier":
        return np.sqrt(1.0 / inputs)
    if rule == "he":
        return np.sqrt(2.0 / inputs)
    return rule


cases = []
for seed, sizes, rule in [
    (0, (784, 3, 10), "xavier"),
    (0, (784, 3, 10), "he"),
    (7, (6, 5, 4), "xavier"),
    (7, (6, 5, 4), "he"),
    (2**32 - 1, (6, 5, 4), 0.5),
]:
    np.random.seed(seed)
    weights = [scale(rule, n) * np.random.randn(n, m) for n, m in zip(sizes, sizes[1:])]
    cases.append({
        "seed": seed,
        "sizes": sizes,
        "rule": rule,
        "W1": weights[0].ravel()[:40].tolist(),
        "W2": weights[1].ravel().tolist(),
    })
print(json.dumps(cases, indent=1))
