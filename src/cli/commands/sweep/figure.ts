import type { Figure } from '../../../plots/chart.js';
import type { Group } from '../../../sweep/summary.js';
export function sweepFigure(_groups: readonly Group[], aspect: number): Figure {
  return { title: '', description: '', aspect, charts: [] };
}
