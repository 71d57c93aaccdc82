import type { Data } from '../gradients/descent.js';
import { gather } from '../dataset/mini-batch.js';
import { loss, parameterCount } from '../network/two-layer-net.js';
import type { Training } from '../training/train.js';
import { formatCount } from '../format-count.js';
import { formatDuration } from './units.js';

/** What the notebook's loop will take, from a few losses timed here and now. */
export function costWarning({ net, hyperParameters, iteration }: Training, { train }: Data): string {
  const indices = Uint32Array.from({ length: hyperParameters.batchSize }, (_, i) => i % train.count);
  const { x, t } = gather(train, indices);
  const time = () => {
    const start = performance.now();
    loss(net, x, t);
    return (performance.now() - start) / 1000;
  };
  const passes = 2 * parameterCount(net);
  const step = passes * Math.min(time(), time(), time(), time(), time());
  const steps = hyperParameters.iterations - iteration;
  return (
    `--gradient naive makes ${formatCount(passes)} forward passes a step: about ${formatDuration(step)} a step, ` +
    `${formatDuration(step * steps)} for ${formatCount(steps)}; --gradient numerical gets the same gradient faster`
  );
}
