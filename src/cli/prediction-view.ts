import chalk from 'chalk';
import { halfBlocks, sideBySide } from './half-blocks.js';

/** What the net sees in one image. */
export interface Prediction {
  /** The picture's file, or the test image */
  readonly name: string;
  readonly digit: number;
  /** Of the digit, 0 … 1 */
  readonly confidence: number;
  /** (K), 0 … 1 */
  readonly probabilities: Float64Array;
  /** The digit that it is, if that is known */
  readonly label?: number;
}

/** What the net was shown. */
export interface Shown {
  /** (rows, columns), in [0, 1]: 0 paper, 1 ink */
  readonly pixels: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
const LONGEST_BAR = 40;
const LEFT = 4; // "  3 "
const RIGHT = 10; // "  98.71 %"

/**
 * The digit, its confidence, and the probabilities as bars; beside them what the net was shown, or above if the width
 * does not hold both.
 */
export function formatPrediction(prediction: Prediction, shown: Shown | undefined, width: number): string {
  const { name, digit, confidence, label } = prediction;
  const isRight = label === undefined || label === digit;
  const paint = isRight ? chalk.green : chalk.red;
  const truth = label === undefined ? '' : isRight ? `  (label ${label})` : `  (label ${label}: wrong)`;
  const title = `${name}: ${paint.bold(digit)}  ${percent(confidence)}${truth}`;
  if (shown === undefined) return [title, ...bars(prediction, paint, width)].join('\n');
  const { pixels, rows, columns } = shown;
  const picture = halfBlocks(pixels, rows, columns);
  const isBeside = columns + 2 + LEFT + 8 + RIGHT <= width;
  const figures = bars(prediction, paint, isBeside ? width - columns - 2 : width);
  const body = isBeside ? sideBySide([picture, ['', ...figures]], columns, 2 * columns + 2) : [...picture, ...figures];
  return [title, ...body].join('\n');
}

function bars({ digit, probabilities }: Prediction, paint: (text: string) => string, width: number): string[] {
  const longest = Math.max(8, Math.min(LONGEST_BAR, width - LEFT - RIGHT));
  return Array.from(probabilities, (probability, k) => {
    const eighths = Math.round(probability * longest * 8);
    const bar = '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
    const line = `  ${k} ${bar.padEnd(longest)} ${percent(probability).padStart(8)}`;
    return k === digit ? paint(line) : line;
  });
}

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
