import chalk from 'chalk';
import type { TwoLayerNet } from '../network/two-layer-net.js';
import { sampled, type Contender, type EngineCheck, type PairComparison } from '../gradients/check/check-engines.js';
import { alignTable } from './table.js';
import { formatCount } from './units.js';

/** What `check` found of the engines, for people. */
export function describeEngineCheck(check: EngineCheck, net: TwoLayerNet): string {
  const header = ['', 'tensor', 'largest |a - b|', 'relative', 'where', 'a', 'tolerance', 'used', ''];
  const rows = check.comparisons.map((comparison, i, all) => {
    const { engines, tensor, difference, relative, index, a, tolerance, share, verdict } = comparison;
    const isFirst = engines.join() !== all[i - 1]?.engines.join();
    return [
      isFirst ? engines.join(' - ') : '',
      tensor,
      difference.toExponential(2),
      relative.toExponential(1),
      `[${index.join(', ')}]`,
      a.toPrecision(9),
      tolerance.toExponential(2),
      formatShare(share),
      verdict,
    ];
  });
  const [head, ...lines] = alignTable([header, ...rows], (column) => column < 2 || column === 4 || column === 8);
  const notes = check.contenders.flatMap((contender) => noteOn(contender, net));
  return [
    head,
    ...lines.map((line, i) => paint(line, check.comparisons[i])),
    '',
    ...notes,
    'relative: to the largest entry of the tensor; used: the largest part of its tolerance that an entry takes up',
    '',
    conclusion(check),
  ].join('\n');
}

function noteOn(contender: Contender, net: TwoLayerNet): string[] {
  const { name, missing, precision } = contender;
  if (missing !== undefined) return [`${name}: ${missing}`];
  const [count, all] = sampled(contender, net);
  if (count < all)
    return [`${name}: a sample of ${formatCount(count)} of ${formatCount(all)} parameters (--full: all)`];
  return precision === 'f32' ? [`${name}: in float32`] : [];
}

/** In one line; names the tensors where engines differ. */
export function conclusion({ agree, comparisons }: Pick<EngineCheck, 'agree' | 'comparisons'>): string {
  if (agree) return chalk.green('all engines agree');
  const name = ({ engines, tensor }: PairComparison) => `${engines.join(' and ')} in ${tensor}`;
  const differing = comparisons.filter(({ verdict }) => verdict === 'differ');
  if (differing.length > 0) return chalk.red(`not all engines agree: ${differing.map(name).join(', ')}`);
  const first = comparisons.find(({ verdict }) => verdict === 'undecided')!;
  return chalk.yellow(
    `undecided: with this --h the tolerance is too large beside the gradient (${name(first)}, for example): take one nearer 1e-4`,
  );
}

function paint(line: string, { verdict }: PairComparison): string {
  if (verdict === 'agree') return line;
  return verdict === 'differ' ? chalk.red(line) : chalk.yellow(line);
}

export function formatShare(share: number): string {
  if (share === 0) return '0 %';
  const percent = 100 * share;
  return percent < 0.1
    ? '<0.1 %'
    : percent < 1000
      ? `${Number(percent.toPrecision(2))} %`
      : `${share.toExponential(0)} x`;
}
