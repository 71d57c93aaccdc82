import chalk from 'chalk';
import { formatCount } from '../../errors.js';
import type { Diagnosis } from '../../grader/diagnose.js';
import type { EngineCheck, EngineResult, PairComparison } from '../../grader/engine-check.js';
import type { Grade, TensorGrade, Variant } from '../../grader/grade.js';
import type { Comparison } from '../../grader/tensors.js';
import { parameterCount, type TwoLayerNet } from '../../network/two-layer-net.js';
import type { Cli } from '../command.js';
import { alignTable } from '../terminal.js';

/** The result of `check` on the engines as text: a block for each pair of engines, with a line per tensor. */
export function describeEngineCheck(cli: Cli, check: EngineCheck, net: TwoLayerNet): string {
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
  const [head, ...lines] = alignTable(cli, [header, ...rows], (column) => [0, 3, 7].includes(column));
  const blocks = lines.flatMap((line, i) => {
    const engines = check.comparisons[i].engines.join(' - ');
    const isFirst = engines !== check.comparisons[i - 1]?.engines.join(' - ');
    return [...(isFirst ? [chalk.bold(engines)] : []), colour(line, check.comparisons[i])];
  });
  const notes = check.engines.flatMap((engine) => noteOn(engine, net));
  return [head, ...blocks, '', ...notes, ...LEGEND, '', conclusion(check)].join('\n');
}

/** Explains columns of the table. */
const LEGEND = [
  'relative: |a - b| / the largest entry of the tensor',
  'used: the largest part of its tolerance that any entry takes up',
];

function colour(line: string, { verdict }: PairComparison): string {
  if (verdict === 'agree') return line;
  return verdict === 'differ' ? chalk.red(line) : chalk.yellow(line);
}

function formatShare(share: number): string {
  const percent = 100 * share;
  if (share === 0) return '0 %';
  if (percent < 0.1) return '<0.1 %';
  return percent < 1000 ? `${Number(percent.toPrecision(2))} %` : `${share.toExponential(0)} x`;
}

/** A note on an engine that is missing, or that computes a sample or in float32. */
function noteOn(engine: EngineResult, net: TwoLayerNet): string[] {
  const { name, missing, precision, sampleIndices } = engine;
  if (missing !== undefined) return [`${name}: ${missing}`];
  const all = parameterCount(net);
  const count = sampleIndices ? Object.values(sampleIndices).reduce((sum, { length }) => sum + length, 0) : all;
  if (count < all) {
    return [`${name}: a sample of ${formatCount(count)} of ${formatCount(all)} parameters (--full: all)`];
  }
  return precision === 'f32' ? [`${name}: in float32`] : [];
}

/** The result in one line; names the tensors in which engines differ. */
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

/** The result of `check FILE` on a learner's gradient as text: a table, the mistakes, the right tensors, remarks. */
export function describeGrade(cli: Cli, grade: Grade): string {
  const header = ['', '', 'where', 'yours', 'right', 'off by', 'relative', 'tolerance'];
  const rows = grade.tensors.map(({ name, isRight, comparison }) => {
    const verdict = isRight ? 'right' : 'WRONG';
    if (!comparison) return [name, verdict, '', '', '', '', '', ''];
    const { index, a, b, difference, relative, tolerance } = comparison;
    const [yours, right] = [a, b].map((value) => (value === 0 ? '0' : value.toExponential(5)));
    const share = relative < 0.01 ? relative.toExponential(1) : relative.toPrecision(2);
    return [
      name,
      verdict,
      `[${index.join(', ')}]`,
      yours,
      right,
      difference.toExponential(2),
      share,
      tolerance.toExponential(2),
    ];
  });
  const [head, ...lines] = alignTable(cli, [header, ...rows], (column) => column < 3);
  const table = lines.map((line, i) => {
    const tensor = grade.tensors[i];
    if (tensor.isRight) return line;
    return chalk.red(tensor.comparison ? `${line}\n    ${whatIsWrong(tensor)}` : `${line}  ${whatIsWrong(tensor)}`);
  });
  return [head, ...table, '', ...mistakes(grade), ...rightOnes(grade), ...remarks(grade)].join('\n');
}

/** The result in one word. */
export function gradeInOneWord({ isRight, tensors }: Grade): string {
  if (isRight) return 'right';
  return tensors.every((tensor) => tensor.isRight) ? 'incomplete' : 'wrong';
}

/** What is wrong with a tensor: its shape, an entry that is not finite, or the number and range of wrong entries. */
function whatIsWrong({ shape, expectedShape, comparison, notFinite }: TensorGrade): string {
  if (!comparison) return `shape ${formatShape(shape)}, not ${formatShape(expectedShape)}`;
  const place = notFinite ? [`[${notFinite.join(', ')}] is not finite`] : [];
  return [...place, wrongEntries(comparison), ...otherShape(shape, expectedShape)].join(', ');
}

function otherShape(shape: readonly number[], expected: readonly number[]): string[] {
  return shape.join() === expected.join() ? [] : [`shape ${formatShape(shape)}`];
}

/** A shape as Python prints it: (784, 100), (100,). */
const formatShape = (sizes: readonly number[]) => `(${sizes.join(', ')}${sizes.length === 1 ? ',' : ''})`;

/** The number of wrong entries, and the range that has all of them: "266 of 78,400 entries, in [400:784, 7]". */
function wrongEntries({ wrong, count, extent }: Comparison): string {
  if (wrong === count) return 'all entries';
  const ranges = extent.map(([first, last]) => (first === last ? String(first) : `${first}:${last + 1}`));
  return `${formatCount(wrong)} of ${formatCount(count)} entries, in [${ranges.join(', ')}]`;
}

const namesOf = (tensors: readonly { name: string }[]) => tensors.map(({ name }) => name).join(', ');

/** The mistakes that were found, with advice. */
function mistakes(grade: Grade): string[] {
  const infinite = grade.tensors.filter(({ notFinite }) => notFinite);
  const lines = infinite.length === 0 ? [] : [`${chalk.bold(namesOf(infinite))}: NaN or infinite entries`, NOT_FINITE];
  return [...lines, ...grade.diagnoses.flatMap((diagnosis) => describeDiagnosis(diagnosis, grade))];
}

const NOT_FINITE =
  '  the usual sources are exp of a large number (subtract the largest of each row first), log of 0 (add 1e-7) and 0 / 0';

function describeDiagnosis({ tensors, alternatives }: Diagnosis, grade: Grade): string[] {
  const names = chalk.bold(tensors.join(', '));
  if (alternatives.length === 0) return [`${names}: no known mistake explains it`, whereToLook(tensors, grade)];
  const [first, ...others] = alternatives.map((causes) => causes.map(({ what }) => what).join('; and '));
  const advice = new Set(alternatives.flat().map((cause) => cause.advice));
  return [
    `${names}: ${first}`,
    ...others.map((other) => `  or, which would make the same numbers here: ${other}`),
    ...[...advice].map((text) => `  ${text}`),
  ];
}

/**
 * Advice if no known mistake fits. Backpropagation goes from b2 to W1, so the tensors that are right narrow down the
 * place of the mistake. The gradient of a bias is a sum over the images, which is right in any order of the images.
 */
function whereToLook(wrong: readonly string[], { tensors }: Grade): string {
  const isRight = (name: string) => tensors.some((tensor) => tensor.name === name && tensor.isRight);
  const order = 'and whether images and labels are in the same order';
  if (wrong.includes('W2') && isRight('b2')) {
    return `  b2 is right, so the sum of dscores over the images is: look at hidden.T @ dscores, ${order}`;
  }
  if (wrong.includes('W1') && isRight('b1')) {
    return `  b1 is right, so the sum of dhidden over the images is: look at x.T @ dhidden, ${order}`;
  }
  if (wrong.includes('b1') && isRight('b2') && isRight('W2')) {
    return '  b2 and W2 are right: look first at dscores @ W2.T * hidden * (1 - hidden), and at its sum over the images';
  }
  if (wrong.includes('b1') && isRight('W1')) return '  W1 is right: look first at dhidden.sum(axis=0)';
  if (wrong.includes('b2') && isRight('W2')) return '  W2 is right: look first at dscores.sum(axis=0)';
  const isSmall = tensors.every(({ comparison }) => comparison !== undefined && comparison.relative < 0.01);
  return isSmall
    ? '  it is nearly right: if these are differences, give their step with --h, and compute in float64'
    : '  make sure first that weights and images are the same: gd-train check --help shows how to draw them';
}

/** Lines about the tensors that are right, with their precision if it is below float64's, and about missing ones. */
function rightOnes({ tensors, missing }: Grade): string[] {
  const right = tensors.filter((tensor) => tensor.isRight);
  const lines = [...new Set(right.map(exactness))].map((how) => {
    const alike = right.filter((tensor) => exactness(tensor) === how);
    return `${namesOf(alike)}: ${chalk.green('right')}${how && `, ${how}`}`;
  });
  if (missing.length > 0)
    lines.push(`${chalk.bold(missing.join(', '))}: not given; only all four tensors are a gradient`);
  return lines;
}

/** The precision of a right tensor, if it is below that of float64, and its shape, if that differs; otherwise empty. */
function exactness({ level, variant, shape, expectedShape }: TensorGrade): string {
  const how = level === 'differences' ? DIFFERENCES[variant] : level === 'float32' ? 'within float32' : undefined;
  return [...(how === undefined ? [] : [how]), ...otherShape(shape, expectedShape)].join(', ');
}

const DIFFERENCES: Partial<Record<Variant, string>> = {
  exact: 'within central differences',
  'without-guard': 'within central differences',
  'forward-differences': 'within forward differences',
  'backward-differences': 'within backward differences',
};

const WITHOUT_GUARD =
  'remark: it is the gradient of -log(y), as (y - t) / N is; that of -log(y + 1e-7) has y_t / (y_t + 1e-7) as a factor';
const SINGLE_PIXELS = 'remark: the pixels were rounded to float32, as the load_mnist of the book does';
const ONE_SIDED =
  'the error of one-sided differences is of order h, that of (f(x + h) - f(x - h)) / (2 * h) of order h²';

const REMARKS: Record<Variant, readonly string[]> = {
  exact: [],
  'without-guard': [WITHOUT_GUARD],
  'smaller-guard': ['remark: the number added in the logarithm is smaller than the 1e-7 of the loss'],
  'float32-pixels': [SINGLE_PIXELS],
  'float32-pixels-without-guard': [SINGLE_PIXELS, WITHOUT_GUARD],
  'forward-differences': [`remark: these are forward differences, (f(x + h) - f(x)) / h; ${ONE_SIDED}`],
  'backward-differences': [`remark: these are backward differences, (f(x) - f(x - h)) / h; ${ONE_SIDED}`],
};

/** Remarks on the formula of a gradient whose tensors are all right. */
function remarks({ tensors }: Grade): string[] {
  if (!tensors.every(({ isRight }) => isRight)) return [];
  const lines = new Set(tensors.flatMap(({ variant }) => REMARKS[variant]));
  if (tensors.some(({ level }) => level === 'float32')) {
    lines.add(
      'remark: within float32 is as near as rounding to float32 lets a gradient come; float64 has twice the digits',
    );
  }
  return [...lines];
}
