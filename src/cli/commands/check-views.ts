import chalk from 'chalk';
import { formatCount } from '../../errors.js';
import type { Comparison } from '../../grader/compare.js';
import type { Cause, Diagnosis } from '../../grader/diagnose.js';
import { type EngineResult, type EngineCheck, type PairComparison, sampled } from '../../grader/engine-check.js';
import type { Grade, TensorGrade, Variant } from '../../grader/grade.js';
import type { TwoLayerNet } from '../../network/two-layer-net.js';
import { alignTable } from '../terminal.js';

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

function noteOn(contender: EngineResult, net: TwoLayerNet): string[] {
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

/** What `check FILE` found of a learner's gradient, for people. */
export function describeGrade(grade: Grade): string {
  const header = ['', '', 'where', 'yours', 'right', 'off by', 'relative', 'tolerance'];
  const rows = grade.tensors.map(({ name, isRight, comparison }) => {
    const verdict = isRight ? 'right' : 'WRONG';
    if (!comparison) return [name, verdict, '', '', '', '', '', ''];
    const { index, a, b, difference, relative, tolerance } = comparison;
    const exact = [a, b].map((value) => (value === 0 ? '0' : value.toExponential(5)));
    const share = relative < 0.01 ? relative.toExponential(1) : relative.toPrecision(2);
    const sizes = [difference.toExponential(2), share, tolerance.toExponential(2)];
    return [name, verdict, `[${index.join(', ')}]`, ...exact, ...sizes];
  });
  const [head, ...lines] = alignTable([header, ...rows], (column) => column < 3);
  const table = lines.map((line, i) => {
    const tensor = grade.tensors[i];
    if (tensor.isRight) return line;
    return chalk.red(tensor.comparison ? `${line}\n    ${remark(tensor)}` : `${line}  ${remark(tensor)}`);
  });
  return [head, ...table, '', ...verdicts(grade)].join('\n');
}

/** How exact it is, or how it is wrong, in a few words. */
function remark({ isRight, level, variant, shape, expectedShape, comparison, notFinite }: TensorGrade): string {
  if (notFinite) return `[${notFinite.join(', ')}] is not finite`;
  if (!comparison) return `shape ${formatShape(shape)}, not ${formatShape(expectedShape)}`;
  const other = shape.join() === expectedShape.join() ? [] : [`shape ${formatShape(shape)}`];
  if (!isRight) return [wrongEntries(comparison), ...other].join(', ');
  const exactness = level === 'differences' ? DIFFERENCES[variant] : level === 'float32' ? 'within float32' : '';
  return [exactness, variant === 'without-guard' ? 'without the 1e-7' : '', ...other].filter(Boolean).join(', ');
}

const DIFFERENCES: Record<Variant, string> = {
  exact: 'within central differences',
  'without-guard': 'within central differences',
  'forward-differences': 'within forward differences',
};

/** As Python writes it: (784, 100), (100,). */
const formatShape = (sizes: readonly number[]) => `(${sizes.join(', ')}${sizes.length === 1 ? ',' : ''})`;

/** How many entries are wrong, and in which part of the tensor all of them are: "266 entries, in [400:784, 7]". */
function wrongEntries({ wrong, count, extent }: Comparison): string {
  if (wrong === count) return 'all entries';
  const ranges = extent.map(([first, last]) => (first === last ? String(first) : `${first}:${last + 1}`));
  return `${formatCount(wrong)} of ${formatCount(count)} entries, in [${ranges.join(', ')}]`;
}

/** What is wrong and what to do about it; or that nothing is. */
function verdicts(grade: Grade): string[] {
  const { isRight, tensors, missing, diagnoses } = grade;
  const names = (those: readonly { name: string }[]) => those.map(({ name }) => name).join(', ');
  const lines: string[] = [];
  const infinite = tensors.filter(({ notFinite }) => notFinite);
  if (infinite.length > 0) {
    lines.push(`${chalk.bold(names(infinite))}: NaN or infinite`);
    lines.push(
      '  exp of a large score overflows: subtract the largest of each row first, and keep the 1e-7 in the log',
    );
  }
  for (const diagnosis of diagnoses) lines.push(...describeDiagnosis(diagnosis, grade));
  const right = tensors.filter((tensor) => tensor.isRight);
  for (const how of new Set(right.map(remark))) {
    const alike = right.filter((tensor) => remark(tensor) === how);
    lines.push(`${names(alike)}: ${chalk.green('right')}${how && `, ${how}`}`);
  }
  if (missing.length > 0) lines.push(`${missing.join(', ')}: not given`);
  if (isRight) lines.push(...notes(tensors));
  return lines;
}

function describeDiagnosis({ tensors, alternatives }: Diagnosis, grade: Grade): string[] {
  const who = chalk.bold(tensors.join(', '));
  if (alternatives.length === 0) {
    return [`${who}: no mistake that is known here explains it`, ...whereToLook(tensors, grade)];
  }
  const [first, ...others] = alternatives.map((causes) => causes.map(({ what }) => what).join('; and '));
  const advice = new Map(alternatives.flat().map((cause: Cause) => [cause.advice, cause]));
  return [
    `${who}: ${first}`,
    ...others.map((other) => `  or, which would make the same numbers here: ${other}`),
    ...[...advice.keys()].map((text) => `  ${text}`),
  ];
}

/** Backpropagation goes from b2 to W1; what is right on the way narrows down where the mistake is. */
function whereToLook(wrong: readonly string[], { tensors }: Grade): string[] {
  const isRight = (name: string) => tensors.some((tensor) => tensor.name === name && tensor.isRight);
  if (wrong.includes('W1') && isRight('b1')) return ['  b1 is right, and so is dhidden: look at x.T @ dhidden'];
  if (wrong.includes('W2') && isRight('b2')) return ['  b2 is right, and so is dscores: look at hidden.T @ dscores'];
  if (wrong.includes('b1') && isRight('b2')) {
    return ['  b2 is right, and so is dscores: look at dscores @ W2.T * hidden * (1 - hidden)'];
  }
  const isSmall = tensors.every(({ comparison }) => comparison !== undefined && comparison.relative < 0.01);
  if (isSmall)
    return ['  it is nearly right: if these are differences, give their step with --h, and compute in float64'];
  return ['  make sure first that weights and images are the same: gd-train check --help shows how to draw them'];
}

/** What a right gradient leaves to be said. */
function notes(tensors: readonly TensorGrade[]): string[] {
  const lines: string[] = [];
  if (tensors.some(({ level }) => level === 'float32')) {
    lines.push('float32 noise: no more digits than float32 has; float64 would have twice as many');
  }
  if (tensors.some(({ variant }) => variant === 'without-guard')) {
    lines.push(
      'without the 1e-7 of the loss: the gradient of -log(y), as (y - t) / N is; that of -log(y + 1e-7) has y_t / (y_t + 1e-7) as a factor',
    );
  }
  if (tensors.some(({ variant }) => variant === 'forward-differences')) {
    lines.push(
      'forward differences, (f(x + h) - f(x)) / h: their error is of order h; (f(x + h) - f(x - h)) / (2 * h) has one of h²',
    );
  }
  return lines;
}
