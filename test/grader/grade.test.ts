import { golden } from '../helpers/golden.js';
import { writeDataset } from '../helpers/idx.js';
import { temporaryFolder } from '../helpers/run.js';
import { gather } from '#src/dataset/mini-batch.js';
import { loadDataset } from '#src/dataset/mnist.js';
import { grade } from '#src/grader/grade.js';
import { randomStream } from '#src/network/random.js';
import { create, TENSORS } from '#src/network/two-layer-net.js';

type Nested = number | Nested[];
type Tensors = Record<(typeof TENSORS)[number], Nested>;

interface Golden {
  nets: Record<string, Tensors & { indices: number[] }>;
  cases: { name: string; net: string; causes: string[]; tensors: string[]; alternatives: number; gradient: Tensors }[];
}

const { nets, cases } = golden<Golden>('learner-gradients');
const folder = temporaryFolder();
writeDataset(folder);
const { train } = loadDataset(folder);

const shapeOf = (value: Nested): number[] =>
  typeof value === 'number' ? [] : [value.length, ...(value.length > 0 ? shapeOf(value[0]) : [])];
type Numbers = typeof Float64Array | typeof Float32Array;
const asTensor = (value: Nested, numbers: Numbers = Float64Array) => ({
  shape: shapeOf(value),
  data: numbers.from([value].flat(9) as number[]),
});

function gradeCase(net: string, gradient: Partial<Tensors>, numbers?: Numbers) {
  const { W1, b1, W2, b2, indices } = nets[net];
  const weights = create(20, (b1 as number[]).length, 10, randomStream(0));
  Object.entries({ W1, b1, W2, b2 }).forEach(([name, value]) => weights[name as 'W1'].set(asTensor(value).data));
  const first = Uint32Array.from(indices, (_, n) => n);
  return grade(
    new Map(Object.entries(gradient).map(([name, value]) => [name as 'W1', asTensor(value, numbers)])),
    { net: weights, batch: gather(train, Uint32Array.from(indices)) },
    { train, otherBatches: [{ what: 'the first', indices: first }], learningRate: 0.1 },
    1e-4,
  );
}

const nameOf = ({ cause }: { cause: string }) => cause;

describe('what NumPy and PyTorch computed', () => {
  test.each(cases.filter(({ tensors }) => tensors.length === 0))('$name, $net: right', ({ net, gradient }) => {
    const { isRight, diagnoses, tensors } = gradeCase(net, gradient);
    expect({ isRight, diagnoses }).toEqual({ isRight: true, diagnoses: [] });
    expect(tensors.every(({ comparison }) => comparison!.agrees)).toBe(true);
  });

  // Gradients that are right, but not to the last digit, get a reason.
  test.each<[name: string, level: string, variant: string]>([
    ['with the 1e-7', 'float64', 'exact'],
    ['as in the book, (y - t) / N', 'float64', 'without-guard'],
    ['autograd, float64', 'float64', 'without-guard'],
    ['central differences', 'differences', 'exact'],
    ['forward differences', 'differences', 'forward-differences'],
    ['rounded to float32', 'float32', 'exact'],
    ['autograd, float32', 'float32', 'exact'],
  ])('%s: to %s, %s', (name, level, variant) => {
    const { net, gradient } = cases.find((each) => each.name === name)!;
    const single = level === 'float32'; // NumPy files keep the type, JSON does not
    const { tensors } = gradeCase(net, gradient, single ? Float32Array : Float64Array);
    for (const tensor of tensors) expect(tensor.level).toBe(level);
    const W2 = tensors.find((tensor) => tensor.name === 'W2')!;
    expect(W2.variant).toBe(variant);
  });

  test.each(cases.filter(({ tensors }) => tensors.length > 0))(
    '$name, $net: $causes in $tensors',
    ({ net, gradient, causes, tensors, alternatives }) => {
      const result = gradeCase(net, gradient);
      expect(result.isRight).toBe(false);
      expect(result.tensors.filter(({ isRight }) => !isRight).map(({ name }) => name)).toEqual(tensors);
      expect(result.diagnoses.flatMap((diagnosis) => diagnosis.tensors).sort()).toEqual([...tensors].sort());
      const named = result.diagnoses.map((diagnosis) => diagnosis.alternatives.map((list) => list.map(nameOf)));
      if (result.diagnoses.length > 1) expect(named.flat(2).sort()).toEqual([...causes].sort());
      else {
        expect(named[0]).toHaveLength(causes.length === 0 ? 0 : alternatives);
        if (causes.length > 0) expect(named[0]).toContainEqual(causes);
      }
    },
  );
});
