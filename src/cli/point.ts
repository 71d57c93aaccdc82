import { coordinateOf, type Expression } from '../calculus/expression.js';
import { InputError } from '../input-error.js';

/**
 * Makes sure that a point has a coordinate for each variable of a formula.
 *
 * @throws InputError that names the option the point came from
 */
export function checkPoint(flag: string, point: Float64Array, { variables }: Expression): void {
  const needed = Math.max(0, ...variables.map((name) => coordinateOf(name) + 1));
  if (point.length >= needed) return;
  throw new InputError(
    `${flag} must have a number for each of ${variables.join(', ')}: ${needed}, got ${point.length}`,
  );
}
