import { type Dataset, loadDataset } from '#src/dataset/mnist.js';
import { kernelsFor, loadKernels, memoryOf } from '#src/kernels/limits.js';
import { createWasmNet } from '#src/kernels/wasm-net.js';
import { randomStream } from '#src/network/random.js';
import { create, zeroParameters } from '#src/network/two-layer-net.js';

/** Bytes of a page of WebAssembly. */
const PAGE = 65_536;

/** A net of these sizes whose weights take no time to draw. */
const netOf = (hiddenSize: number, inputSize = 784) => {
  const sizes = { inputSize, hiddenSize, outputSize: 10 };
  return { ...sizes, ...zeroParameters(sizes) };
};

test.each([
  [1, 1, 'f64', 1],
  [100, 100, 'f64', 4],
  [100, 20_000, 'f64', 3],
  [100, 20_000, 'f32', 8],
  [9, 9_000, 'f64', 1],
  [3_200, 1_000, 'f64', 8],
  [3_200, 1_000, 'f32', 2],
] as const)(
  'hidden %d, batch %d, %s, %d threads fit into the estimated memory, but not into less',
  (H, N, precision, threads) => {
    const { test: some } = loadDataset();
    const images = new Uint8Array(1000 * 784).fill(255); // no dark pixels: images of the largest packed size
    const bright: Dataset = { ...some, count: 1000, images, labels: new Uint8Array(1000) };
    const kernels = loadKernels();
    if ('missing' in kernels) throw new Error(kernels.missing);
    const net = netOf(H);
    const layOut = (bytes: number) => {
      const { Memory } = WebAssembly;
      const Limited = function (descriptor: object) {
        return Reflect.construct(Memory, [{ ...descriptor, maximum: Math.floor(bytes / PAGE) }]) as object;
      };
      Object.assign(WebAssembly, { Memory: Limited });
      try {
        createWasmNet({
          ...kernels,
          sizes: net,
          precision,
          phase: 'backward',
          threads,
          images: 1000,
          capacity: N,
        }).addImages(bright);
      } finally {
        Object.assign(WebAssembly, { Memory });
      }
    };
    const bytes = memoryOf({ net, precision, batchSize: N, images: 1000 }, threads);
    layOut(Math.ceil(bytes / PAGE) * PAGE);
    expect(() => layOut(bytes - 3 * PAGE)).toThrow();
  },
);

test('short memory means fewer threads, and a refusal only if one thread is too much', () => {
  const kernelsOf = (hiddenSize: number, batchSize: number, threads: number) =>
    kernelsFor({ net: netOf(hiddenSize), precision: 'f64', images: 70_000, batchSize, threads });
  const threadsOf = (...task: Parameters<typeof kernelsOf>) => {
    const kernels = kernelsOf(...task);
    return 'why' in kernels ? kernels : kernels.threads;
  };
  expect([1, 2, 3, 8].map((threads) => threadsOf(100, 100, threads))).toEqual([1, 2, 3, 8]);
  // 665 vectors make 95 blocks with one thread and with five; their outputs for 100,000 images take 0.99 GiB. Other
  // numbers of threads need more.
  expect([1, 2, 4, 5, 8].map((threads) => threadsOf(1330, 100_000, threads))).toEqual([1, 1, 1, 5, 5]);
  const kernels = kernelsOf(1330, 100_000, 4);
  expect(kernels).toHaveProperty('fewerThreads', expect.stringContaining('100,000 images per mini-batch'));
  for (const threads of [1, 2, 8]) {
    const why = expect.stringContaining('4 GiB') as string;
    expect(threadsOf(1332, 100_000, threads)).toEqual({ why, isMachine: false });
  }
});

test('a net drawn from a seed is within the limits', () => {
  expect(
    kernelsFor({ net: create(784, 7, 10, randomStream(0)), precision: 'f32', batchSize: 1, images: 1 }),
  ).toMatchObject({
    threads: 1,
  });
});
