import chalk from 'chalk';
import type { Comparison } from '../gradients/check/compare.js';
import type { Cause, Diagnosis } from '../gradients/check/explain.js';
import type { Grade, TensorGrade } from '../gradients/check/grade.js';
import { alignTable } from './table.js';
import { formatCount } from './units.js';

/** What `check FILE` found of a learner's gradient, for people. */
export function describeGrade(grade: Grade): string {
  const header = ['tensor', '', 'where', 'yours', 'right', '|difference|', 'relative', 'tolerance', ''];
  const rows = grade.tensors.map((tensor) => {
    const { name, isRight, comparison } = tensor;
    const verdict = isRight ? 'right' : 'WRONG';
    if (!comparison) return [name, verdict, '', '', '', '', '', '', remark(tensor)];
    const { index, a, b, difference, relative, tolerance } = comparison;
    return [
      name,
      verdict,
      `[${index.join(', ')}]`,
      formatNumber(a),
      formatNumber(b),
      difference.toExponential(2),
      relative.toExponential(1),
      tolerance.toExponential(2),
      remark(tensor),
    ];
  });
  const [head, ...lines] = alignTable([header, ...rows], (column) => column < 3 || column === 8);
  const paint = (line: string, { isRight }: TensorGrade) => (isRight ? chalk.green(line) : chalk.red(line));
  return [head, ...lines.map((line, i) => paint(line, grade.tensors[i])), '', ...verdicts(grade)].join('\n');
}

const formatNumber = (value: number) => (value === 0 ? '0' : value.toPrecision(9));

/** How exact it is, or how it is wrong, in a few words. */
function remark({ isRight, level, withoutGuard, shape, expectedShape, comparison, notFinite }: TensorGrade): string {
  if (notFinite) return `[${notFinite.join(', ')}] is not finite`;
  const formatShape = (sizes: readonly number[]) => `(${sizes.join(', ')})`;
  const other = shape.join() === expectedShape.join() ? [] : [`shape ${formatShape(shape)}`];
  if (!comparison) return `shape ${formatShape(shape)}, not ${formatShape(expectedShape)}`;
  if (!isRight) return [wrongEntries(comparison), ...other].join(', ');
  const within = { float64: [], differences: ['within central differences'], float32: ['within float32'] }[level!];
  return [...within, ...(withoutGuard ? ['without the 1e-7'] : []), ...other].join(', ');
}

/** How many entries are wrong, and in which part of the tensor all of them are: "266 entries, in [400:784, 7]". */
function wrongEntries({ wrong, count, extent }: Comparison): string {
  if (wrong === count) return 'all entries';
  const ranges = extent.map(([first, last]) => (first === last ? String(first) : `${first}:${last + 1}`));
  return `${formatCount(wrong)} of ${formatCount(count)} entries, in [${ranges.join(', ')}]`;
}

/** What is wrong and what to do about it; or that nothing is. */
function verdicts({ isRight, tensors, missing, diagnoses }: Grade): string[] {
  const names = (those: readonly { name: string }[]) => those.map(({ name }) => name).join(', ');
  const lines: string[] = [];
  const infinite = tensors.filter(({ notFinite }) => notFinite);
  if (infinite.length > 0) {
    lines.push(`${chalk.bold(names(infinite))}: NaN or infinite`);
    lines.push(
      '  exp of a large score overflows: subtract the largest of each row first, and keep the 1e-7 in the log',
    );
  }
  for (const diagnosis of diagnoses) lines.push(...describeDiagnosis(diagnosis));
  const right = tensors.filter((tensor) => tensor.isRight);
  if (right.length > 0) lines.push(`${names(right)}: ${chalk.green('right')}`);
  if (missing.length > 0) lines.push(`${missing.join(', ')}: not given`);
  if (isRight) lines.push(...notes(tensors));
  return lines;
}

function describeDiagnosis({ tensors, alternatives }: Diagnosis): string[] {
  const who = chalk.bold(tensors.join(', '));
  if (alternatives.length === 0) {
    return [`${who}: no mistake that is known here explains it`];
  }
  const [first, ...others] = alternatives.map((causes) => causes.map(({ what }) => what).join('; and '));
  const advice = new Map(alternatives.flat().map((cause: Cause) => [cause.advice, cause]));
  return [
    `${who}: ${first}`,
    ...others.map((other) => `  or, which would make the same numbers here: ${other}`),
    ...[...advice.keys()].map((text) => `  ${text}`),
  ];
}

/** What a right gradient leaves to be said. */
function notes(tensors: readonly TensorGrade[]): string[] {
  const lines: string[] = [];
  if (tensors.some(({ level }) => level === 'float32')) {
    lines.push('float32 noise: no more digits than float32 has; float64 would have twice as many');
  }
  if (tensors.some(({ withoutGuard }) => withoutGuard)) {
    lines.push(
      'without the 1e-7 of the loss: the gradient of -log(y), as (y - t) / N is; that of -log(y + 1e-7) has y_t / (y_t + 1e-7) as a factor',
    );
  }
  return lines;
}
