import { type DiffMethod, methods, type Regime, type SweepRow } from '../calculus/differences.js';
import { type Band, type Chart, type Figure, figureOf, type Line, linePieces, type Point } from './chart.js';
import { logAxis } from './scale.js';
import { capitalized, formatNumber, shortFormula } from './typography.js';

/** The errors of a difference quotient over many steps h. */
interface Sweep {
  readonly fn: string;
  /** Where f was differentiated. */
  readonly at: number;
  readonly method: DiffMethod;
  /** The derivative, exact or as good as that. */
  readonly exact: number;
  readonly rows: readonly SweepRow[];
  readonly best: SweepRow | undefined;
  /** The rounding error that is expected at a step h. */
  readonly rounding: (h: number) => number;
}

/** Factor by which the line of truncation is drawn above the errors, so that both are visible. */
const ABOVE = 5;
const REGIMES: readonly Regime[] = ['truncation', 'cancellation', 'absorption'];

/** The error of a difference quotient against its step, as a figure of one chart. */
export function sweepFigure(sweep: Sweep, aspect: number): Figure {
  const { method, fn, at } = sweep;
  const title = `${capitalized(method)} difference of ${shortFormula(fn)} at ${at}`;
  return figureOf(title, `${title}: its error against the step h, both logarithmic.`, [sweepChart(sweep)], aspect);
}

/** Error against step, both logarithmic, with the bands where truncation, cancellation or underflow dominates. */
export function sweepChart({ method, exact, rows, best, rounding }: Sweep): Chart {
  const visible = rows.filter(({ error }) => Number.isFinite(error));
  const steps = rows.map(({ h }) => h);
  const x = logAxis('h', Math.min(...steps) / 3, Math.max(...steps) * 3);
  const errors = visible.map(({ error }) => error).filter((error) => error > 0);
  const hasZero = visible.some(({ error }) => error === 0);
  const [low, high] = errors.length > 0 ? [Math.min(...errors), Math.max(...errors)] : [1e-16, 1];
  const y = logAxis('|error|', low / 30, high * 30, hasZero);
  const place = ({ h, error }: { h: number; error: number }): Point => [x.at(h), y.at(error)];
  const theory = (of: readonly SweepRow[], errorAt: (h: number) => number, label: string): Line => {
    const along = of.map(({ h }) => place({ h, error: errorAt(h) }));
    // It ends at the edge of the chart.
    return { role: 'theory', pieces: linePieces(along.map(([u, v]) => [u, v >= 0 && v <= 1 ? v : NaN])), label };
  };

  const points = visible.map(place);
  const { order } = methods[method];
  const lines: Line[] = [{ role: 'curve', pieces: linePieces(points), dots: points, label: `${method} difference` }];
  const top = visible.find(({ regime, error }) => regime === 'truncation' && error > 0);
  if (top && rows.some(({ regime, h, error }) => regime === 'truncation' && h < top.h && error < top.error)) {
    const label = `truncation ∝ ${order === 1 ? 'h' : `h^${order}`}`;
    lines.push(theory(rows, (h) => ABOVE * top.error * (h / top.h) ** order, label));
  }
  if (rows.some(({ regime }) => regime === 'cancellation')) {
    const moved = rows.filter(({ regime }) => regime !== 'absorption');
    lines.push(theory(moved, (h) => rounding(h) || NaN, 'rounding ∝ 1/h'));
  }
  const absent = REGIMES.filter((regime) => !rows.some((row) => row.regime === regime));
  const notes =
    visible.length === 0
      ? ['No difference quotient is finite: f has no finite value there.']
      : absent.map((regime) => `${capitalized(regime)} dominates at no h.`);
  const bestLegend = (row: SweepRow) => `best h = ${row.h}: error ${formatNumber(row.error)}`;
  return {
    title: 'error against the step h',
    notes: [`The derivative is ${exact}.`, ...notes],
    x,
    y,
    bands: bandsOf(visible, (h) => Math.min(1, Math.max(0, x.at(h)))),
    lines,
    markers: best ? [{ role: 'best', at: place(best), word: 'best h', legend: bestLegend(best) }] : [],
  };
}

/** Runs of rows with one regime; the longest run of each regime carries its name. */
function bandsOf(rows: readonly SweepRow[], at: (h: number) => number): Band[] {
  const runs: { regime: Regime; from: number; to: number }[] = [];
  for (const { h, regime } of rows) {
    if (regime === null) continue;
    const last = runs[runs.length - 1];
    const edges = { from: at(h / Math.sqrt(10)), to: at(h * Math.sqrt(10)) };
    if (last?.regime === regime) last.from = edges.from;
    else runs.push({ regime, ...edges });
  }
  if (runs.length > 0) {
    runs[0].to = 1;
    runs[runs.length - 1].from = 0;
  }
  return runs.map(({ regime, from, to }) => {
    const longest = Math.max(...runs.filter((run) => run.regime === regime).map((run) => run.to - run.from));
    return { role: regime, from, to, label: to - from === longest ? regime : '' };
  });
}
