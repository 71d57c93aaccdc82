import { Option } from 'commander';
import { InputError } from '../input-error.js';

const LARGEST_SEED = 2 ** 32 - 1;
const MOST = 10_000;

/** The option --seeds: seeds and ranges of seeds, both ends included: 0..5, or 0,3,7, or 0..4,9. */
export function seedsOption(): Option {
  return new Option(
    '--seeds <list>',
    'train once a seed, such as 0..5 or 0,3,7; mean and standard deviation',
  ).argParser((text) => {
    const seeds = text.split(',').flatMap(range);
    if (seeds.includes(undefined) || new Set(seeds).size < seeds.length || seeds.length > MOST) {
      const what = `seeds from 0 to ${LARGEST_SEED}, each once and at most ${MOST}, such as 0..5 or 0,3,7`;
      throw new InputError(`--seeds must be ${what}, got "${text}"`);
    }
    return seeds as number[];
  });
}

/** [undefined] for what is no range, and for one that is too long. */
function range(text: string): (number | undefined)[] {
  const [, first, last = first] = /^\s*(\d{1,10})(?:\.\.(\d{1,10}))?\s*$/.exec(text) ?? [];
  const [start, end] = [Number(first), Number(last)];
  if (!(start <= end && end <= LARGEST_SEED && end - start < MOST)) return [undefined];
  return Array.from({ length: end - start + 1 }, (_, i) => start + i);
}

/** Mean and sample standard deviation, √(Σ(x - mean)² / (n - 1)); null where there are too few values for them. */
export function spread(values: readonly number[]): { readonly mean: number | null; readonly std: number | null } {
  const n = values.length;
  if (n === 0) return { mean: null, std: null };
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, std: n === 1 ? null : Math.sqrt(squares / (n - 1)) };
}
