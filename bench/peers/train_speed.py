"""Milliseconds per SGD iteration of the 784-H-10 sigmoid net in each Python peer that is installed.

  python3 train_speed.py DATA_DIR [--iters 2000] [--hidden 100] [--batch 100] [--only numpy,torch,jax,tensorflow]

Every peer does the same work: draw a mini-batch with replacement, gather it, forward, softmax cross
entropy, backward, SGD update. Each is written the way its users would write it for speed (fused calls,
compiled step where the peer has one), at 1 thread and at all of them, in float64 and float32; quote a
peer's best row. One JSON object a line.

  python3 train_speed.py DATA_DIR --job PEER,VARIANT,PRECISION --iters 10000 [--eval-every 600]

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

ROWS = [(peer, precision, threads) for peer in ("numpy", "torch", "jax", "tensorflow")
        for precision in ("float64", "float32") for threads in (1, os.cpu_count())]


def measure(step, iters):
    for _ in range(max(20, iters // 10)):
        step()
    start = time.perf_counter()
    for _ in range(iters):
        step()
    return (time.perf_counter() - start) / iters * 1e3


def numpy_step(X, y, hidden, batch, lr, dtype):
    import numpy as np
    rng = np.random.default_rng(0)
    T = np.eye(10, dtype=dtype)[y]
    W1, W2 = ((0.01 * rng.standard_normal(s)).astype(dtype) for s in ((784, hidden), (hidden, 10)))
    b1, b2, lr = np.zeros(hidden, dtype), np.zeros(10, dtype), dtype(lr)

    def step():
        m = rng.integers(0, len(X), batch)
        x, t = X[m], T[m]
        a1 = 1 / (1 + np.exp(-(x @ W1 + b1)))
        z = a1 @ W2 + b2
        e = np.exp(z - z.max(1, keepdims=True))
        d = (e / e.sum(1, keepdims=True) - t) / dtype(batch)
        dz = (d @ W2.T) * a1 * (1 - a1)
        gradients = x.T @ dz, dz.sum(0), a1.T @ d, d.sum(0)
        for p, g in zip((W1, b1, W2, b2), gradients):
            p -= lr * g
    return step, lambda images: (1 / (1 + np.exp(-(images @ W1 + b1))) @ W2 + b2).argmax(1)


def torch_steps(X, y, hidden, batch, lr, dtype, threads):
    import torch
    torch.set_num_threads(threads)
    dt = getattr(torch, dtype.__name__)
    X, Y = torch.tensor(X, dtype=dt), torch.tensor(y.astype("int64"))
    net = torch.nn.Sequential(torch.nn.Linear(784, hidden), torch.nn.Sigmoid(), torch.nn.Linear(hidden, 10)).to(dt)
    optimizer, criterion = torch.optim.SGD(net.parameters(), lr=lr), torch.nn.CrossEntropyLoss()

    def autograd():
        m = torch.randint(0, len(X), (batch,))
        optimizer.zero_grad()
        criterion(net(X[m]), Y[m]).backward()
        optimizer.step()

    T = torch.eye(10, dtype=dt)[Y]
    W1, W2 = 0.01 * torch.randn(784, hidden, dtype=dt), 0.01 * torch.randn(hidden, 10, dtype=dt)
    b1, b2 = torch.zeros(hidden, dtype=dt), torch.zeros(10, dtype=dt)

    @torch.no_grad()
    def by_hand():
        m = torch.randint(0, len(X), (batch,))
        x, t = X[m], T[m]
        a1 = torch.addmm(b1, x, W1).sigmoid_()
        d = (torch.addmm(b2, a1, W2).softmax(1) - t).mul_(1 / batch)
        dz = (d @ W2.T).mul_(a1 * (1 - a1))
        W2.addmm_(a1.T, d, alpha=-lr)
        b2.sub_(d.sum(0), alpha=lr)
        W1.addmm_(x.T, dz, alpha=-lr)
        b1.sub_(dz.sum(0), alpha=lr)
    @torch.no_grad()
    def classify_by_hand(images):
        return torch.addmm(b2, torch.addmm(b1, torch.from_numpy(images), W1).sigmoid_(), W2).argmax(1).numpy()

    @torch.no_grad()
    def classify(images):
        return net(torch.from_numpy(images)).argmax(1).numpy()
    return {"autograd": (autograd, classify), "by hand": (by_hand, classify_by_hand)}


def jax_step(X, y, hidden, batch, lr, dtype):
    import jax
    jax.config.update("jax_enable_x64", dtype.__name__ == "float64")
    import jax.numpy as jnp
    key = jax.random.PRNGKey(0)
    X, Y = jnp.asarray(X, dtype), jnp.asarray(y.astype("int32"))
    params = {"W1": 0.01 * jax.random.normal(key, (784, hidden), dtype), "b1": jnp.zeros(hidden, dtype),
              "W2": 0.01 * jax.random.normal(key, (hidden, 10), dtype), "b2": jnp.zeros(10, dtype)}

    def loss(p, x, t):
        z = jax.nn.sigmoid(x @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"]
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(z), t[:, None], 1))

    @jax.jit
    def update(p, key):
        key, sub = jax.random.split(key)
        m = jax.random.randint(sub, (batch,), 0, len(Y))
        g = jax.grad(loss)(p, X[m], Y[m])
        return jax.tree_util.tree_map(lambda a, b: a - lr * b, p, g), key
    state = [params, key]

    def step():
        state[:] = update(*state)
        state[1].block_until_ready()

    @jax.jit
    def scores(p, images):
        return jnp.argmax(jax.nn.sigmoid(images @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"], 1)
    return step, lambda images: jax.device_get(scores(state[0], images))


def tensorflow_step(X, y, hidden, batch, lr, dtype, threads):
    import tensorflow as tf
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    X, Y = tf.constant(X, dtype), tf.constant(y.astype("int32"))
    W1, W2 = (tf.Variable(tf.random.normal(s, stddev=0.01, dtype=dtype)) for s in ((784, hidden), (hidden, 10)))
    b1, b2 = tf.Variable(tf.zeros(hidden, dtype)), tf.Variable(tf.zeros(10, dtype))
    variables = [W1, b1, W2, b2]

    @tf.function
    def step():
        m = tf.random.uniform((batch,), 0, len(y), tf.int32)
        with tf.GradientTape() as tape:
            z = tf.sigmoid(tf.gather(X, m) @ W1 + b1) @ W2 + b2
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(tf.gather(Y, m), z))
        for v, g in zip(variables, tape.gradient(loss, variables)):
            v.assign_sub(tf.cast(lr, dtype) * g)

    @tf.function
    def scores(images):
        return tf.argmax(tf.sigmoid(images @ W1 + b1) @ W2 + b2, 1)
    return step, lambda images: scores(images).numpy()


def variants_of(args, peer, precision, threads, X, y):
    import numpy as np
    common = (X, y, args.hidden, args.batch, args.lr, getattr(np, precision))
    if peer == "numpy":
        return {"": numpy_step(*common)}
    if peer == "torch":
        return torch_steps(*common, threads)
    if peer == "jax":
        return {"jit": jax_step(*common)}
    return {"tf.function": tensorflow_step(*common, threads)}


def one_row(args, peer, precision, threads):
    import numpy as np
    from mnist_idx import load
    X, y, _, _ = load(args.data, getattr(np, precision))
    for name, (step, _) in variants_of(args, peer, precision, threads, X, y).items():
        print(json.dumps(dict(peer=peer, version=sys.modules[peer].__version__, variant=name, precision=precision,
                              threads=threads, hidden=args.hidden, batch=args.batch,
                              ms_per_iteration=measure(step, args.iters))), flush=True)


def whole_job(args, peer, variant, precision):
    import numpy as np
    from mnist_idx import load
    X, y, X_test, y_test = load(args.data, getattr(np, precision))
    step, classify = variants_of(args, peer, precision, int(os.environ["OMP_NUM_THREADS"]), X, y)[variant]
    for i in range(1, args.iters + 1):
        step()
        if i == args.iters or i % args.eval_every == 0:
            train, test = (classify(X) == y).mean(), (classify(X_test) == y_test).mean()
    print(json.dumps(dict(peer=peer, variant=variant, train_accuracy=train, test_accuracy=test)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("--iters", type=int, default=2000)
    parser.add_argument("--hidden", type=int, default=100)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--eval-every", type=int, default=600)
    parser.add_argument("--only", default="numpy,torch,jax,tensorflow")
    parser.add_argument("--row", help="internal: peer,precision,threads")
    parser.add_argument("--job", help="peer,variant,precision")
    args = parser.parse_args()
    if args.row:
        peer, precision, threads = args.row.split(",")
        return one_row(args, peer, precision, int(threads))
    if args.job:
        return whole_job(args, *args.job.split(","))
    for peer, precision, threads in ROWS:
        if peer not in args.only.split(",") or importlib.util.find_spec(peer) is None:
            continue
        env = dict(os.environ, OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads),
                   MKL_NUM_THREADS=str(threads), TF_CPP_MIN_LOG_LEVEL="3",
                   XLA_FLAGS="" if threads > 1 else "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
        subprocess.run([sys.executable, __file__, *sys.argv[1:], "--row", f"{peer},{precision},{threads}"], env=env)


main()
