import type { ChalkInstance } from 'chalk';
import type { Role } from '../plots/chart.js';

/** Colours of the pictures in a terminal. */
const COLOURS: Record<Role, 'yellow' | 'cyan' | 'gray' | 'green' | 'blue' | 'bold'> = {
  path: 'yellow',
  curve: 'cyan',
  train: 'cyan',
  test: 'yellow',
  theory: 'gray',
  start: 'yellow',
  end: 'yellow',
  best: 'green',
  truncation: 'blue',
  cancellation: 'yellow',
  underflow: 'gray',
  contour: 'blue',
  muted: 'gray',
  title: 'bold',
};

/** How text gets its colour on a stream that `chalk` was made for. */
export function painter(chalk: ChalkInstance): (text: string, role: Role) => string {
  return (text, role) => chalk[COLOURS[role]](text);
}
