import { loadDataset } from '#src/dataset/mnist.js';
import { openEngine } from '#src/engines/registry.js';
import { DEFAULTS, type HyperParameters } from '#src/training/hyper-parameters.js';
import { newTraining, train, type Training } from '#src/training/train.js';

export const mnist = loadDataset();

/** A net that is trained on MNIST to an accuracy of 93 %, which takes a second or two. */
export async function trainedNet(over: Partial<HyperParameters> = {}): Promise<Training> {
  const training = newTraining({ ...DEFAULTS, iterations: 4000, ...over }, mnist.train.inputSize);
  const engine = await openEngine('backprop', training.hyperParameters);
  for await (const event of train(training, mnist, engine))
    if (event.type === 'not-finite') throw new Error('diverged');
  return training;
}
