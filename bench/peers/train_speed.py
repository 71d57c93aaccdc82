"""Milliseconds per SGD iteration of the 784-H-10 sigmoid net in each Python peer that is installed.

  python3 train_speed.py DATA_DIR [--iters 2000] [--hidden 100] [--batch 100] [--only numpy,torch,jax,tensorflow]

Every peer does the same work: draw a mini-batch with replacement, gather it, forward, softmax cross entropy,
backward, SGD update. Each has its strongest form known to us: NumPy in place, its update folded into SciPy's gemm;
torch by hand on uint8 images; JAX and TensorFlow many steps in one compiled loop. At 1 thread and at all of them, in
float64 and float32; the fastest of many spells counts. One JSON object per line.

  python3 train_speed.py DATA_DIR --job PEER,PRECISION --iters 10000 [--eval-every 600]

trains once from start to end, as a script would: load, train, and the accuracies on all training and test
images every so often and at the end. Time it from outside.
"""
import argparse
import importlib.util
import json
import os
import subprocess
import sys
import time
from functools import partial

import numpy as np
from mnist_idx import load_bytes

PEERS = ("numpy", "torch", "jax", "tensorflow")
LOOP = 50  # steps in one call of a compiled loop; divides 600 and 10,000


def numpy_in_place(X, y, hidden, batch, lr, dtype, threads):
    from scipy.linalg import blas
    gemm = blas.dgemm if dtype is np.float64 else blas.sgemm
    rng, T = np.random.default_rng(0), np.eye(10, dtype=dtype)[y]
    # Biases are the last rows of W1 and W2; x and a end with a column of ones. Row-major arrays are transposes to BLAS.
    W1, W2 = np.zeros((785, hidden), dtype), np.zeros((hidden + 1, 10), dtype)
    W1[:784], W2[:hidden] = 0.01 * rng.standard_normal((784, hidden)), 0.01 * rng.standard_normal((hidden, 10))
    rows, x, a = np.empty((batch, 784), np.uint8), np.ones((batch, 785), dtype), np.ones((batch, hidden + 1), dtype)
    z, d, product, o = (np.empty((batch, n), dtype) for n in (hidden, hidden, hidden, 10))

    def step():
        m = rng.integers(0, len(X), batch)
        np.take(X, m, 0, out=rows, mode="clip")
        np.multiply(rows, dtype(1 / 255), out=x[:, :784], casting="unsafe")
        gemm(1, W1.T, x.T, 0, z.T, 0, 0, 1)
        np.negative(z, out=z)
        np.exp(z, out=z)
        np.add(z, 1, out=z)
        np.reciprocal(z, out=z)
        a[:, :hidden] = z
        gemm(1, W2.T, a.T, 0, o.T, 0, 0, 1)
        np.subtract(o, o.max(1, keepdims=True), out=o)
        np.exp(o, out=o)
        np.divide(o, o.sum(1, keepdims=True), out=o)
        np.subtract(o, T[m], out=o)
        np.multiply(o, dtype(1 / batch), out=o)
        gemm(1, W2[:hidden].T, o.T, 0, d.T, 1, 0, 1)
        np.multiply(z, z, out=product)
        np.subtract(z, product, out=product)
        np.multiply(d, product, out=d)
        gemm(-lr, d.T, x.T, 1, W1.T, 0, 1, 1)  # W1 -= lr xᵀ d, without a gradient in between
        gemm(-lr, o.T, a.T, 1, W2.T, 0, 1, 1)

    def classify(images):
        images = images * dtype(1 / 255)
        return (1 / (1 + np.exp(-(images @ W1[:784] + W1[784]))) @ W2[:hidden] + W2[hidden]).argmax(1)
    return step, 1, classify


def torch_uint8(X, y, hidden, batch, lr, dtype, threads):
    import torch
    torch.set_num_threads(threads)
    dt = getattr(torch, dtype.__name__)
    X, T = torch.tensor(X), torch.eye(10, dtype=dt)[torch.tensor(y.astype("int64"))]
    W1, W2 = 0.01 * torch.randn(784, hidden, dtype=dt), 0.01 * torch.randn(hidden, 10, dtype=dt)
    b1, b2 = torch.zeros(hidden, dtype=dt), torch.zeros(10, dtype=dt)

    @torch.inference_mode()
    def step():
        m = torch.randint(0, len(X), (batch,))
        x = X.index_select(0, m).to(dt).mul_(1 / 255)
        a1 = torch.addmm(b1, x, W1).sigmoid_()
        d = torch.addmm(b2, a1, W2).softmax(1).sub_(T.index_select(0, m)).mul_(1 / batch)
        dz = (d @ W2.T).mul_(a1 * (1 - a1))
        W2.addmm_(a1.T, d, alpha=-lr)
        b2.sub_(d.sum(0), alpha=lr)
        W1.addmm_(x.T, dz, alpha=-lr)
        b1.sub_(dz.sum(0), alpha=lr)

    @torch.inference_mode()
    def classify(images):
        x = torch.from_numpy(images).to(dt).mul_(1 / 255)
        return torch.addmm(b2, torch.addmm(b1, x, W1).sigmoid_(), W2).argmax(1).numpy()
    return step, 1, classify


def jax_scan(X, y, hidden, batch, lr, dtype, threads):
    import jax
    jax.config.update("jax_enable_x64", dtype is np.float64)
    import jax.numpy as jnp
    key = jax.random.PRNGKey(0)
    X, Y = jnp.asarray(X * dtype(1 / 255)), jnp.asarray(y.astype("int32"))
    params = {"W1": 0.01 * jax.random.normal(key, (784, hidden), dtype), "b1": jnp.zeros(hidden, dtype),
              "W2": 0.01 * jax.random.normal(key, (hidden, 10), dtype), "b2": jnp.zeros(10, dtype)}

    def logits(p, x):
        return jax.nn.sigmoid(x @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"]

    def loss(p, x, t):
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(logits(p, x)), t[:, None], 1))

    def update(p, m):
        return jax.tree_util.tree_map(lambda a, g: a - lr * g, p, jax.grad(loss)(p, X[m], Y[m])), None

    @partial(jax.jit, donate_argnums=0)
    def many(p, key):
        key, sub = jax.random.split(key)
        return jax.lax.scan(update, p, jax.random.randint(sub, (LOOP, batch), 0, len(Y)))[0], key
    state = [params, key]

    def steps():
        state[:] = many(*state)
        state[0]["W1"].block_until_ready()
    digits = jax.jit(lambda p, images: jnp.argmax(logits(p, images * dtype(1 / 255)), 1))
    return steps, LOOP, lambda images: jax.device_get(digits(state[0], images))


def tensorflow_loop(X, y, hidden, batch, lr, dtype, threads):
    import tensorflow as tf
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    X, Y = tf.constant(X * dtype(1 / 255)), tf.constant(y.astype("int32"))
    W1, W2 = (tf.Variable(tf.random.normal(s, stddev=0.01, dtype=dtype)) for s in ((784, hidden), (hidden, 10)))
    b1, b2 = tf.Variable(tf.zeros(hidden, dtype)), tf.Variable(tf.zeros(10, dtype))
    variables = [W1, b1, W2, b2]

    @tf.function
    def steps():
        for _ in tf.range(LOOP):
            m = tf.random.uniform((batch,), 0, len(y), tf.int32)
            with tf.GradientTape() as tape:
                z = tf.sigmoid(tf.gather(X, m) @ W1 + b1) @ W2 + b2
                loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(tf.gather(Y, m), z))
            for v, g in zip(variables, tape.gradient(loss, variables)):
                v.assign_sub(tf.cast(lr, dtype) * g)

    @tf.function
    def digits(images):
        return tf.argmax(tf.sigmoid(tf.cast(images, dtype) * dtype(1 / 255) @ W1 + b1) @ W2 + b2, 1)
    return steps, LOOP, lambda images: digits(images).numpy()


FORMS = {"numpy": ("in place", numpy_in_place), "torch": ("by hand, uint8", torch_uint8),
         "jax": ("lax.scan", jax_scan), "tensorflow": ("tf.function loop", tensorflow_loop)}


def fastest(steps, count, iters):
    """Milliseconds per step: the fastest of 20 spells, or of as many as there are steps."""
    spells = min(20, max(1, iters // count))
    calls = max(1, iters // count // spells)
    steps()
    times = []
    for _ in range(spells):
        start = time.perf_counter()
        for _ in range(calls):
            steps()
        times.append((time.perf_counter() - start) / calls / count * 1e3)
    return min(times)


def one_row(args, peer, precision, threads):
    X, y, _, _ = load_bytes(args.data)
    variant, build = FORMS[peer]
    steps, count, _ = build(X, y, args.hidden, args.batch, args.lr, getattr(np, precision), threads)
    print(json.dumps(dict(peer=peer, version=sys.modules[peer].__version__, variant=variant, precision=precision,
                          threads=threads, hidden=args.hidden, batch=args.batch,
                          ms_per_iteration=fastest(steps, count, args.iters))), flush=True)


def whole_job(args, peer, precision):
    X, y, X_test, y_test = load_bytes(args.data)
    threads = int(os.environ["OMP_NUM_THREADS"])
    steps, count, classify = FORMS[peer][1](X, y, args.hidden, args.batch, args.lr, getattr(np, precision), threads)
    for i in range(count, args.iters + 1, count):
        steps()
        if i == args.iters or i % args.eval_every == 0:
            train, test = (classify(X) == y).mean(), (classify(X_test) == y_test).mean()
    print(json.dumps(dict(peer=peer, train_accuracy=train, test_accuracy=test)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("--iters", type=int, default=2000)
    parser.add_argument("--hidden", type=int, default=100)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--eval-every", type=int, default=600)
    parser.add_argument("--only", default=",".join(PEERS))
    parser.add_argument("--row", help="internal: peer,precision,threads")
    parser.add_argument("--job", help="peer,precision")
    args = parser.parse_args()
    if args.row:
        peer, precision, threads = args.row.split(",")
        return one_row(args, peer, precision, int(threads))
    if args.job:
        return whole_job(args, *args.job.split(","))
    for peer in args.only.split(","):
        if importlib.util.find_spec(peer) is None or (peer == "numpy" and importlib.util.find_spec("scipy") is None):
            continue
        for precision in ("float64", "float32"):
            for threads in sorted({1, os.cpu_count()}):
                env = dict(os.environ, OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads),
                           MKL_NUM_THREADS=str(threads), TF_CPP_MIN_LOG_LEVEL="3",
                           XLA_FLAGS="" if threads > 1 else "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
                row = f"{peer},{precision},{threads}"
                subprocess.run([sys.executable, __file__, *sys.argv[1:], "--row", row], env=env, check=True)


main()
