"""Gradients as learners compute them, right and wrong, in plain NumPy and in PyTorch: golden/learner-gradients.json,
and files in golden/learner/ that NumPy wrote in all its ways.

  python3 learner_gradients.py        # needs numpy and torch; the formats do not change with their versions

The images are those of helpers/idx.ts, writeDataset: 40 of 5 x 4 pixels. Weights and images are drawn as `gd-train
check --help` says.
"""
import json
import os

import numpy as np
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
COUNT, PIXELS, CLASSES = 40, 20, 10
LABELS = np.arange(COUNT) % CLASSES
IMAGES = np.zeros((COUNT, PIXELS))
for n in range(COUNT):
    for i in range(3):
        IMAGES[n, (LABELS[n] * 2 + i) % PIXELS] = (100 + n) / 255.0


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


class Net:
    """Weights ten times as large as the book's, so that the mistakes show; they go into the files."""

    def __init__(self, seed, hidden, batch):
        np.random.seed(seed)
        self.W1 = 0.1 * np.random.randn(PIXELS, hidden)
        self.b1 = 0.1 * np.random.randn(hidden)
        self.W2 = 0.1 * np.random.randn(hidden, CLASSES)
        self.b2 = 0.1 * np.random.randn(CLASSES)
        self.mask = np.random.choice(COUNT, batch)
        self.x, self.labels = IMAGES[self.mask], LABELS[self.mask]
        self.t = np.eye(CLASSES)[self.labels]
        self.N = batch

    def weights(self):
        return dict(W1=self.W1, b1=self.b1, W2=self.W2, b2=self.b2)

    def forward(self, x):
        hidden = 1 / (1 + np.exp(-(x @ self.W1 + self.b1)))
        scores = hidden @ self.W2 + self.b2
        return hidden, scores, softmax(scores)

    def backward(self, x=None, dscores=None, slope=lambda h: h * (1 - h), N=None):
        x = self.x if x is None else x
        hidden, scores, y = self.forward(x)
        d = (y - self.t if dscores is None else dscores(y, scores)) / (N or self.N)
        dh = d @ self.W2.T * slope(hidden)
        self.d, self.dh = d, dh
        return dict(W1=x.T @ dh, b1=dh.sum(axis=0), W2=hidden.T @ d, b2=d.sum(axis=0))

    def loss(self, x=None, t=None):
        y = self.forward(self.x if x is None else x)[2]
        return -np.sum((self.t if t is None else t) * np.log(y + 1e-7)) / self.N

    def differences(self, quotient, step_left=0):
        grads, before = {}, {k: w.copy() for k, w in self.weights().items()}
        for name, w in self.weights().items():
            g = np.zeros_like(w)
            for i in np.ndindex(w.shape):
                old = w[i]

                def f(step):
                    w[i] = old + step
                    return self.loss()

                g[i] = quotient(f)
                w[i] = old + step_left
            grads[name] = g
        for name, w in self.weights().items():
            w[...] = before[name]
        return grads


def through(y, e):
    return y * (e - (y * e).sum(axis=1, keepdims=True))


def with_guard(net):
    def d(y, _):
        p = (y * net.t).sum(axis=1, keepdims=True)
        return (y - net.t) * p / (p + 1e-7)

    return net.backward(dscores=d)


ALL = ['W1', 'b1', 'W2', 'b2']
CASES = []


def case(name, gradient, causes, tensors, net, alternatives=1):
    """`alternatives`: of several mistakes that make the same numbers, all are named."""
    CASES.append(dict(name=name, net=net, causes=causes, tensors=tensors, alternatives=alternatives, gradient=gradient))


def single_difference(f, h):
    return (np.float32(f(h)) - np.float32(f(-h))) / np.float32(2 * h)


def numpy_cases(net, label):
    right = net.backward()
    d, dh, N = net.d, net.dh, net.N
    case('as in the book, (y - t) / N', right, [], [], label)
    case('with the 1e-7', with_guard(net), [], [], label)
    case('rounded to float32', {k: np.float32(v) for k, v in right.items()}, [], [], label)
    h = 1e-4
    case('central differences', net.differences(lambda f: (f(h) - f(-h)) / (2 * h)), [], [], label)
    case('forward differences', net.differences(lambda f: (f(h) - f(0)) / h), [], [], label)
    case('divided by h, not 2 h', net.differences(lambda f: (f(h) - f(-h)) / h), ['difference-step'], ALL, label)
    not_restored = net.differences(lambda f: (f(h) - f(-h)) / (2 * h), step_left=-h)
    case('parameters not put back', not_restored, ['not-restored'], ['W2', 'b2'], label)
    case('central differences of a float32 loss', net.differences(lambda f: single_difference(f, h)), ['float32'], ALL, label)
    if N > 2:
        case('sum, not mean', net.backward(N=1), ['batch-size'], ALL, label)
        case('divided by N twice', net.backward(N=N * N), ['batch-size'], ALL, label, 3 if N == CLASSES else 1)
        case('sum, wrong sign', {k: -v for k, v in net.backward(N=1).items()}, ['batch-size', 'sign'], ALL, label)
        case('biases averaged', {**right, 'b1': dh.mean(axis=0), 'b2': d.mean(axis=0)}, ['bias-not-summed'], ['b1', 'b2'], label)
        case('biases of the last image', {**right, 'b1': dh[-1], 'b2': d[-1]}, ['bias-not-summed'], ['b1', 'b2'], label)
        case('bias of the first image', {**right, 'b2': d[0]}, ['bias-not-summed'], ['b2'], label)
        case('biases with a row an image', {**right, 'b1': dh, 'b2': d}, ['bias-not-summed'], ['b1', 'b2'], label)
        case('bias over the wrong axis', {**right, 'b1': dh.sum(axis=1)}, ['bias-not-summed'], ['b1'], label)
        case('bias over both axes', {**right, 'b1': dh.sum()}, ['bias-not-summed'], ['b1'], label)
        no_sigmoid_sum = {k: -v for k, v in net.backward(slope=np.ones_like, N=1).items()}
        case('no sigmoid, sum, sign', no_sigmoid_sum, ['sigmoid-derivative', 'batch-size', 'sign'], ALL, label)
        case('two mistakes in two tensors', {**right, 'W1': -right['W1'], 'b2': d[-1]}, ['sign', 'bias-not-summed'], ['W1', 'b2'], label)
        first = IMAGES[:N]
        t = net.t
        net.t = np.eye(CLASSES)[LABELS[:N]]
        case('labels of the first images', net.backward(), ['one-hot'], ALL, label)
        case('the first images', net.backward(x=first), ['other-batch'], ALL, label)
        net.t = t
        case('learning rate in it', {k: 0.1 * v for k, v in right.items()}, ['learning-rate'], ALL, label, 3 if N == CLASSES else 2)
    case('t - y', {k: -v for k, v in right.items()}, ['sign'], ALL, label)
    case('sign of one tensor', {**right, 'W2': -right['W2']}, ['sign'], ['W2'], label)
    case('transposed', {**right, 'W1': right['W1'].T, 'W2': right['W2'].T}, ['transposed'], ['W1', 'W2'], label)
    case('transposed and reshaped', {**right, 'W1': right['W1'].T.reshape(right['W1'].shape)}, ['transposed'], ['W1'], label)
    case('no derivative of sigmoid', net.backward(slope=np.ones_like), ['sigmoid-derivative'], ['W1', 'b1'], label)
    again = net.backward(slope=lambda a: (1 / (1 + np.exp(-a))) * (1 - 1 / (1 + np.exp(-a))))
    case('sigmoid_grad of its output', again, ['sigmoid-derivative'], ['W1', 'b1'], label)
    case('softmax twice', net.backward(dscores=lambda y, z: softmax(y) - net.t), ['softmax-twice'], ALL, label)
    case('no softmax', net.backward(dscores=lambda y, z: z - net.t), ['no-softmax'], ALL, label)
    case('squared error', net.backward(dscores=lambda y, z: through(y, y - net.t)), ['squared-error'], ALL, label)
    up = np.roll(net.t, 1, axis=1)
    down = np.roll(net.t, -1, axis=1)
    no_nine = 2 if 9 not in net.labels else 1  # then it does not show where its 1 would go
    case('labels 1 to 10', net.backward(dscores=lambda y, z: y - up), ['one-hot'], ALL, label, no_nine)
    case('labels one too low', net.backward(dscores=lambda y, z: y - down), ['one-hot'], ALL, label)
    case('labels as integers', net.backward(dscores=lambda y, z: y - net.labels[:, None]), ['one-hot'], ALL, label)
    case('t all 0', net.backward(dscores=lambda y, z: y), ['one-hot'], ALL, label)
    if N == CLASSES:
        case('labels broadcast along the classes', net.backward(dscores=lambda y, z: y - net.labels), ['one-hot'], ALL, label)
        case('t transposed', net.backward(dscores=lambda y, z: y - net.t.T), ['one-hot'], ALL, label)
    case('pixels 0 to 255', net.backward(x=net.x * 255), ['pixels'], ALL, label)
    case('biases swapped', {**right, 'b1': right['b2'], 'b2': right['b1']}, ['swapped'], ['b1', 'b2'], label)
    case('zeros', {**right, 'W1': 0 * right['W1']}, ['zeros'], ['W1'], label)
    case('weights', net.weights(), ['weights'], ALL, label)
    case('weights after a step', {k: w - 0.1 * right[k] for k, w in net.weights().items()}, ['weights'], ALL, label)
    case('minus a factor', {k: -3.7 * v for k, v in right.items()}, ['factor'], ALL, label)
    broken = right['W1'].copy()
    broken[4:, 2] += 1
    case('a column of its own', {**right, 'W1': broken}, [], ['W1'], label)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def program(net, x=None, t=None, W=None, act=sigmoid, slope=lambda h, z: h * (1 - h), soft=softmax, W2back=None, N=None):
    """The whole program again, each step of it replaceable."""
    x = net.x if x is None else x
    t = net.t if t is None else t
    w = {**net.weights(), **(W or {})}
    z = x @ w['W1'] + w['b1']
    hidden = act(z)
    d = (soft(hidden @ w['W2'] + w['b2']) - t) / (N or len(x))
    dh = d @ (w['W2'] if W2back is None else W2back).T * slope(hidden, z)
    return dict(W1=x.T @ dh, b1=dh.sum(axis=0), W2=hidden.T @ d, b2=d.sum(axis=0))


def soft_all(z):
    e = np.exp(z - np.max(z))
    return e / np.sum(e)


def soft_columns(z):
    e = np.exp(z - z.max(axis=0))
    return e / e.sum(axis=0)


def more_mistakes(net, label):
    """What learners get wrong less often; on one net."""
    right, x, t, N = program(net), net.x, net.t, net.N
    W1B1, other = ['W1', 'b1'], np.arange(N)[::-1]

    def wrong(name, gradient, causes, tensors=ALL, alternatives=1):
        case(name, gradient, causes, tensors, label, alternatives)

    wrong('softmax over the batch', program(net, soft=soft_all), ['softmax-axis'])
    wrong('softmax over axis 0', program(net, soft=soft_columns), ['softmax-axis'])
    wrong('sigmoid instead of softmax', program(net, soft=sigmoid), ['no-softmax'])
    wrong('L2 penalty', {**right, 'W1': right['W1'] + 1e-3 * net.W1, 'W2': right['W2'] + 1e-3 * net.W2}, ['penalty'], ['W1', 'W2'])
    wrong('L1 penalty', {**right, 'W1': right['W1'] + 1e-3 * np.sign(net.W1), 'W2': right['W2'] + 1e-3 * np.sign(net.W2)}, ['penalty'], ['W1', 'W2'])
    wrong('inverted pixels', program(net, x=1 - x), ['pixels'])
    wrong('standardised pixels', program(net, x=(x - x.mean()) / x.std()), ['pixels'])
    wrong('pixels -1 to 1', program(net, x=2 * x - 1), ['pixels'])
    wrong('pixels divided by 256', program(net, x=x * 255 / 256), ['pixels'])
    wrong('pre-activation in the derivative', program(net, slope=lambda h, z: z * (1 - z)), ['sigmoid-derivative'], W1B1)
    wrong('W2 updated first', program(net, W2back=net.W2 - 0.3 * right['W2']), ['updated-first'], W1B1)
    wrong('no sigmoid forward', program(net, act=lambda z: z, slope=lambda h, z: 1), ['activation'])
    wrong('no sigmoid forward, its derivative backward', program(net, act=lambda z: z), ['activation'])
    wrong('relu', program(net, act=lambda z: np.maximum(0, z), slope=lambda h, z: (z > 0) * 1.0), ['activation'])
    wrong('tanh', program(net, act=np.tanh, slope=lambda h, z: 1 - h ** 2), ['activation'])
    wrong('exp without its minus', program(net, act=lambda z: sigmoid(-z)), ['activation'])
    wrong('b1 forgotten', program(net, W={'b1': 0 * net.b1}), ['forward-bias'])
    wrong('b2 forgotten', program(net, W={'b2': 0 * net.b2}), ['forward-bias'])
    wrong('W2 reshaped', program(net, W2back=net.W2.reshape(CLASSES, -1).T), ['W2-reshaped'], W1B1)
    y = softmax(sigmoid(x @ net.W1 + net.b1) @ net.W2 + net.b2)
    wrong('argmax as label', program(net, t=np.eye(CLASSES)[y.argmax(axis=1)]), ['one-hot'])
    wrong('labels reversed', program(net, t=t[other]), ['label-order'], ['W1', 'b1', 'W2'])
    wrong('labels smoothed', program(net, t=0.9 * t + 0.1 / CLASSES), ['label-smoothing'])
    wrong('the last image alone', program(net, x=x[-1:], t=t[-1:], N=N), ['image-missing', 'batch-size'])
    wrong('divided by N - 1', {k: v * N / (N - 1) for k, v in right.items()}, ['batch-size'])
    wrong('a factor of 1.001', {k: 1.001 * v for k, v in right.items()}, ['factor'])
    wrong('base 2', {k: v / np.log(2) for k, v in right.items()}, ['logarithm'])
    wrong('base 10', {k: v / np.log(10) for k, v in right.items()}, ['logarithm'])
    wrong('a step of 0.5', {k: w - 0.5 * right[k] for k, w in net.weights().items()}, ['weights'])
    wrong('clipped', {k: np.clip(v, -0.05, 0.05) for k, v in right.items()}, ['clipped'], [k for k in ALL if np.abs(right[k]).max() > 0.05])
    norm = np.sqrt(sum((v ** 2).sum() for v in right.values()))
    wrong('norm 1', {k: v / norm for k, v in right.items()}, ['clipped'])
    wrong('float16', {k: v.astype(np.float16).astype(float) for k, v in right.items()}, ['rounded'])
    wrong('absolute', {k: np.abs(v) for k, v in right.items()}, ['entries'])
    case('pixels in float32', program(net, x=x.astype(np.float32).astype(float)), [], [], label)
    rng = np.random.RandomState(0)
    for name, change in [
        ('noise on every entry', lambda v: v + 1e-3 * rng.randn(*v.shape)),
        ('every entry a little off', lambda v: v * (1 + 0.01 * rng.randn(*v.shape))),
        ('random numbers', lambda v: rng.randn(*v.shape)),
        ('a right one, and half of another', lambda v: v + 0.5 * np.roll(v, 1)),
        ('huge numbers', lambda v: 1e300 * rng.randn(*v.shape)),
    ]:
        wrong(name, {k: change(v) for k, v in right.items()}, [])


def torch_gradient(net, loss, dtype=torch.float32):
    parameters = {k: torch.tensor(v, dtype=dtype, requires_grad=True) for k, v in net.weights().items()}
    x = torch.tensor(net.x, dtype=dtype)
    hidden = torch.sigmoid(x @ parameters['W1'] + parameters['b1'])
    loss(hidden @ parameters['W2'] + parameters['b2'], torch.tensor(net.labels)).backward()
    return {k: p.grad.numpy() for k, p in parameters.items()}


def torch_cases(net, label):
    cross_entropy = torch.nn.functional.cross_entropy
    right = torch_gradient(net, cross_entropy)
    case('autograd, float32', right, [], [], label)
    case('autograd, float64', torch_gradient(net, cross_entropy, torch.float64), [], [], label)
    twice = torch_gradient(net, lambda z, t: cross_entropy(torch.softmax(z, 1), t))
    case('autograd, softmax before cross_entropy', twice, ['softmax-twice'], ALL, label)
    summed = torch_gradient(net, lambda z, t: cross_entropy(z, t, reduction='sum'))
    if net.N > 2:
        case('autograd, reduction="sum"', summed, ['batch-size'], ALL, label)
    linear = {**right, 'W1': right['W1'].T, 'W2': right['W2'].T}
    case('autograd, weights of nn.Linear', linear, ['transposed'], ['W1', 'W2'], label)


# The other nets are for what they alone can show: mistakes that need as many images as classes, or coincide with one.
OTHERS = ['as in the book', 'labels broadcast', 't transposed', 'autograd, float32', 't - y', 'divided by h', 'divided by N']


def is_kept(c):
    return c['net'] == '8 images' or any(c['name'].startswith(other) for other in OTHERS)


def as_list(value):
    return np.asarray(value).tolist()


nets = {'8 images': Net(3, 6, 8), '10 images': Net(4, 8, 10), '1 image': Net(5, 6, 1)}
for label, net in nets.items():
    numpy_cases(net, label)
    torch_cases(net, label)
more_mistakes(nets['8 images'], '8 images')
out = dict(
    nets={k: {**{w: as_list(v) for w, v in n.weights().items()}, 'indices': as_list(n.mask)} for k, n in nets.items()},
    cases=[{**c, 'gradient': {k: as_list(v) for k, v in c['gradient'].items()}} for c in CASES if is_kept(c)],
)
with open(os.path.join(HERE, 'learner-gradients.json'), 'w') as file:
    json.dump(out, file, separators=(',', ':'))


# What NumPy writes, in all its ways, of one array of numbers that every type can hold.
def path(name):
    return os.path.join(HERE, 'learner', name)


net = nets['8 images']
right = net.backward()
values = np.array([[0, 1, 2], [3, 100, 127]])
np.savez(path('types.npz'), **{t.replace('<', 'little-').replace('>', 'big-'): values.astype(t) for t in
         ['<f8', '>f8', '<f4', '>f4', '<i8', '>i8', '<u8', '<i4', '>u4', '<i2', '>u2', 'i1', 'u1']},
         bool=values > 1)
np.savez(path('shapes.npz'), scalar=np.array(1.5), empty=np.zeros((0, 3)), vector=np.arange(4.0),
         fortran=np.asfortranarray(np.arange(24.0).reshape(2, 3, 4)), deep=np.arange(24.0).reshape(2, 3, 4))
np.savez(path('refused.npz'), float16=values.astype('f2'), complex=values + 1j, objects=np.array([None, 1], dtype=object),
         text=np.array(['a', 'b']), records=np.array([(1, 2.0)], dtype=[('a', 'i4'), ('b', 'f8')]))
np.savez_compressed(path('right.npz'), indices=net.mask, **net.weights(), **{'d' + k: v for k, v in right.items()})
for version in [(1, 0), (2, 0), (3, 0)]:
    with open(path(f'version{version[0]}.npy'), 'wb') as file:
        np.lib.format.write_array(file, values.astype('<f8'), version=version)
