import { gather } from '#src/dataset/mini-batch.js';
import { loadDataset } from '#src/dataset/mnist.js';
import { grade } from '#src/gradients/check/grade.js';
import { create, TENSORS } from '#src/network/two-layer-net.js';
import { randomStream } from '#src/network/random.js';
import { golden } from '../../helpers/golden.js';
import { writeDataset } from '../../helpers/idx.js';
import { temporaryFolder } from '../../helpers/run.js';

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
const asTensor = (value: Nested) => ({ shape: shapeOf(value), data: Float64Array.from([value].flat(9) as number[]) });

function gradeCase(net: string, gradient: Partial<Tensors>, h = 1e-4) {
  const { W1, b1, W2, b2, indices } = nets[net];
  const weights = create(20, (b1 as number[]).length, 10, randomStream(0));
  Object.entries({ W1, b1, W2, b2 }).forEach(([name, value]) => weights[name as 'W1'].set(asTensor(value).data));
  const first = Uint32Array.from(indices, (_, n) => n);
  return grade(
    new Map(Object.entries(gradient).map(([name, value]) => [name as 'W1', asTensor(value)])),
    { net: weights, batch: gather(train, Uint32Array.from(indices)) },
    { train, otherBatches: [{ what: 'the first', indices: first }], learningRate: 0.1 },
    h,
  );
}

const nameOf = ({ cause }: { cause: string }) => cause;

describe('what NumPy and PyTorch computed', () => {
  test.each(cases.filter(({ tensors }) => tensors.length === 0))('$name, $net: right', ({ net, gradient }) => {
    const { isRight, diagnoses, tensors } = gradeCase(net, gradient);
    expect({ isRight, diagnoses }).toEqual({ isRight: true, diagnoses: [] });
    expect(tensors.every(({ comparison }) => comparison!.agrees)).toBe(true);
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
