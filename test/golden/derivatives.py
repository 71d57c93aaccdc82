"""Derivatives to the last bit of a float64, by central differences in mpmath with 1,200 digits: derivatives.json.

  python3 derivatives.py        # needs mpmath; its version does not matter
  python3 derivatives.py --all  # prints every pair of formula and point instead, some 800, for a check by hand

Numbers in formulas and points are float64, as they are for gd-train. No rule of differentiation is used.
"""
import json
import os
import re
import sys

import mpmath as mp

mp.mp.dps = 1200
STEP = mp.mpf(10) ** -400

NAMES = {
    **{name: getattr(mp, name) for name in "sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh exp sqrt sign".split()},
    "M": lambda digits: mp.mpf(float(digits)),
    "pi": mp.pi,
    "e": mp.e,
    "abs": abs,
    "max": lambda *u: max(u),
    "min": lambda *u: min(u),
    "log": lambda u, base=mp.e: mp.log(u) / mp.log(base),
    "log2": lambda u: mp.log(u) / mp.log(2),
    "log10": lambda u: mp.log(u) / mp.log(10),
    "log1p": lambda u: mp.log(1 + u),
    "expm1": lambda u: mp.exp(u) - 1,
    "cbrt": lambda u: mp.sign(u) * mp.root(abs(u), 3),
    "sigmoid": lambda u: 1 / (1 + mp.exp(-u)),
    "relu": lambda u: max(u, 0),
    "pow": lambda u, v: u**v,
}

FUNCTIONS = "sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh exp expm1 log log2 log10 log1p sqrt cbrt abs sigmoid relu".split()
POINTS = [-800.0, -400.0, -8.0, -3.0, -1.5, -0.5, -1e-3, 1e-9, 0.1, 0.3, 0.5, 0.999, 1.0, 2.0, 3.0, 10.0, 400.0, 1e8]

# Formulas in which a rule evaluated in float64 overflows, cancels or divides 0 by 0, with the points where it does.
HARD = [
    ("1/(1 + exp(-x))", [-800, -710, -400, -40, -1, 0, 1, 40, 400]),
    ("exp(x)/(1 + exp(x))", [-800, -400, -1, 0, 30, 300, 700]),
    ("log(1 + exp(x))", [-700, -40, 0, 40, 700]),
    ("log(1 + exp(-x))^2", [1, 50, 200, 700]),
    ("(exp(x) - exp(-x))/(exp(x) + exp(-x))", [0, 1, 20, 100, 350]),
    ("exp(x)*log(1 + exp(-x))", [-1, 20, 100, 300]),
    ("exp(2*x)*(1 - tanh(x))", [1, 40, 200]),
    ("exp(x)*log(sigmoid(x))", [-5, 50, 300]),
    ("(x + log(1 + exp(-x)) - x)*exp(x) + x", [1, 90, 300]),
    ("exp(-x^2)", [0, 0.5, 5, 20, 26, 30]),
    ("1 - exp(-(x^2))", [1e-9, 1, 6, 26]),
    ("(1 - cos(x))/x^2", [1e-8, 1e-4, 0.1, 3]),
    ("sin(x)/x", [1e-9, 1e-3, 1, 3.141592653589793, 1e8]),
    ("sqrt(x^2 + 1) - x", [0, 1, 1e5, 1e8]),
    ("sqrt(x + 1) - sqrt(x)", [1e-9, 1, 1e12]),
    ("x*abs(x)", [-2, 0, 1e-200, 3]),
    ("abs(x)^3", [-2, 0, 3]),
    ("abs(x)^1.5", [-2, 0, 3]),
    ("x^x", [0.1, 0.5, 1, 2, 10]),
    ("x^-2", [-3, 0.1, 1e-100, 1e100]),
    ("x^0", [-1, 0, 2]),
    ("2^x", [-1000, 0, 0.5, 1000]),
    ("x^0.5", [1e-300, 0.25, 2, 1e300]),
    ("(x - 0.1)^2", [0.1, 0.2]),
    ("(x - 3)^3", [3, 4]),
    ("sin(x)^2 + cos(x)^2", [0, 1, 100]),
    ("cos(pi*x)", [0, 0.5, 1, 3, 1e6]),
    ("sin(1e5*x)", [0, 1, 12345.678]),
    ("sin(x)", [1e15, 1e22, 1e300]),
    ("cos(x)", [333333333333333.3, 1e100]),
    ("log(x, 2)", [0.5, 8, 1e300]),
    ("log(8, x)", [0.5, 2, 100]),
    ("atan(1/x)", [1e-300, 1e-8, -2, 1e8]),
    ("tanh(x)^2", [1e-200, 1e-8, 0.5, 19, 300]),
    ("asin(x)", [-1 + 2**-53, 0.9999999999999999]),
    ("acosh(x)", [1 + 2**-52, 1e300]),
    ("x0^2 - 3*x0", [1.5, 1.4999999999999998]),
    ("sqrt(abs(x))", [-4, 1e-300, 9]),
    ("max(x, 0)", [-1, 1e-300, 2]),
    ("max(x, 2 - x)", [0.999, 1.001]),
    ("min(x^2, x, 3)", [-1, 0.5, 2, 5]),
    ("relu(x)^2", [-1, 0, 1]),
    ("sigmoid(5*x)*x", [-200, -1, 0, 100]),
    ("x/(1 + abs(x))", [-1e10, 0, 1e10]),
    ("1e200*x^2", [1e-200, 1, 1e50]),
    ("exp(sin(cos(x)))", [-3, 0.1, 7]),
    ("log(sqrt(x)) + cbrt(x)/pow(x, 2)", [0.1, 1, 9]),
]


def derivative(formula, at):
    """f'(at) as the nearest float64, or None where that is not finite or f is not real around it."""
    python = re.sub(r"(?<![\w.])(\d+\.?\d*(?:e[-+]?\d+)?)", r'M("\1")', formula.replace("^", "**"))
    f = eval(f"lambda x, x0: {python}", NAMES)
    x = mp.mpf(at)
    step = STEP * max(abs(x), mp.mpf(10) ** -300)
    try:
        above, here, below = (f(point, point) for point in (x + step, x, x - step))
        if any(isinstance(value, mp.mpc) or not mp.isfinite(value) for value in (above, here, below)):
            return None
        value = (above - below) / (2 * step)
    except (ZeroDivisionError, ValueError):
        return None
    if abs(value) < mp.mpf(10) ** -330:
        return 0.0
    return float(value) if abs(value) < sys.float_info.max else None


def pairs():
    for name in FUNCTIONS:
        yield from ((f"{name}(x)", at) for at in POINTS)
        yield from ((f"x*{name}(x/3) - {name}(x)^2", at) for at in POINTS)
    for formula, points in HARD:
        yield from ((formula, float(at)) for at in points)


rows = [[formula, at, value] for formula, at in pairs() if (value := derivative(formula, at)) is not None]
if "--all" in sys.argv:
    print(json.dumps(rows))
else:
    hard = {formula for formula, _ in HARD}
    kept = [row for i, row in enumerate(rows) if row[0] in hard or i % 4 == 0]
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "derivatives.json")
    with open(path, "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(row) for row in kept) + "\n]\n")
