import chalk from 'chalk';
import type { TwoLayerNet } from '../network/two-layer-net.js';
import { sampled, type Contender, type EngineCheck, type PairComparison } from '../gradients/check/check-engines.js';
import { alignTable } from './table.js';
import { formatCount } from '../format-count.js';

/** What `check` found of the engines, for people: a block for each pair. */
export function describeEngineCheck(check: EngineCheck, net: TwoLayerNet): string {
  const header = ['', 'largest |a - b|', 'relative', 'where', 'a', 'tolerance', 'used', ''];
  const rows = check.comparisons.map(({ tensor, difference, relative, index, a, tolerance, share, verdict }) => [
    `  ${tensor}`,
    difference.toExponential(2),
    relative.toExponential(1),
    `[${index.join(', ')}]`,
    a.toExponential(5),
    tolerance.toExponential(2),
    formatShare(share),
    verdict,
  ]);
  const [head, ...lines] = alignTable([header, ...rows], (column) => [0, 3, 7].includes(column));
  const blocks = lines.flatMap((line, i) => {
    const engines = check.comparisons[i].engines.join(' - ');
    const isFirst = engines !== check.comparisons[i - 1]?.engines.join(' - ');
    return [...(isFirst ? [chalk.bold(engines)] : []), paint(line, check.comparisons[i])];
  });
  const notes = check.contenders.flatMap((contender) => noteOn(contender, net));
  return [head, ...blocks, '', ...notes, ...LEGEND, '', conclusion(check)].join('\n');
}

const LEGEND = [
  'relative: to the largest entry of the tensor',
  'used: the largest part of its tolerance that any entry takes up',
];

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
