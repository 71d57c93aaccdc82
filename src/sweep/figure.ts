import {
  type Cell,
  type Chart,
  type Figure,
  figureOf,
  type Line,
  linePieces,
  type Point,
  SERIES,
} from '../plots/chart.js';
import { plural } from '../errors.js';
import { type Axis, categoryAxis, linearAxis, valueAxis } from '../plots/scale.js';
import {
  compareSettings,
  describeSettings,
  type Group,
  groupSettings,
  notFiniteNote,
  type SettingName,
} from './summary.js';

// The picture of a sweep: the accuracy against a setting, with a line for each combination of the others; and a map of
// it, where two settings vary.

/** Settings that may be the horizontal axis, in order of preference, and their axis titles. */
const NUMERIC = {
  lr: 'learning rate',
  'weight-init': 'standard deviation of the first weights',
  hidden: 'hidden units',
  batch: 'images per mini-batch',
  iters: 'iterations',
} as const satisfies Partial<Record<SettingName, string>>;

const AXES = Object.keys(NUMERIC) as (keyof typeof NUMERIC)[];

const nameOf = (setting: SettingName) => (NUMERIC as Partial<Record<SettingName, string>>)[setting] ?? setting;

/** Values that span more decades than this get a logarithmic axis. */
const DECADES = 0.6;
/** Half the length of an error bar, in standard deviations. */
const BAR = 1;

/** True if the figure has a map besides the lines. */
export const hasMap = (groups: readonly Group[]) => groupSettings(groups).length === 2;

/**
 * The picture of a sweep.
 *
 * @param groups the best first
 * @param aspect width of a chart over its height
 */
export function accuracyFigure(groups: readonly Group[], aspect: number): Figure {
  const varied = groupSettings(groups);
  const isNumeric = (name: SettingName) => groups.every(({ settings }) => typeof settings[name] === 'number');
  const across = AXES.find((name) => varied.includes(name) && isNumeric(name)) ?? 'lr';
  const others = varied.filter((name) => name !== across);
  const charts = [lineChart(groups, across, others)];
  if (hasMap(groups) && others.length === 1) charts.push(mapChart(groups, across, others[0]));
  const [best] = groups;
  const runs = groups.reduce((sum, { runs }) => sum + runs.length, 0);
  const first =
    best.test.mean === null
      ? `${plural(runs, 'run')}, none of which came to its end.`
      : `${plural(runs, 'run')}; the best mean accuracy on the test images, ${best.test.mean.toFixed(4)}, has ${describeSettings(best.settings, varied)}.`;
  return figureOf(`Test accuracy of ${plural(runs, 'run')}`, first, charts, aspect);
}

function lineChart(groups: readonly Group[], across: SettingName, others: readonly SettingName[]): Chart {
  const series = new Map<string, Group[]>(); // in the order of the best of each
  for (const group of groups) {
    const label = describeSettings(group.settings, others);
    series.set(label, [...(series.get(label) ?? []), group]);
  }
  const shown = [...series].slice(0, SERIES.length);
  const drawn = shown.flatMap(([, members]) => members);
  const x = valueAxis(
    nameOf(across),
    drawn.map((group) => valueOf(group, across)),
    DECADES,
  );
  const y = accuracyAxis(drawn);
  const lines = shown.map(([label, members], i): Line => lineOf(members, { across, x, y }, i, label));
  const most = Math.max(...groups.map(({ runs }) => runs.length));
  const notes = [
    ...(most > 1 ? [`Means over the seeds, up to ${most} runs a point; the bars are one standard deviation.`] : []),
    ...(series.size > shown.length ? [`The best ${shown.length} of ${series.size} combinations.`] : []),
    ...groups.flatMap((group) => {
      const note = notFiniteNote(group);
      return note === undefined ? [] : `${describeSettings(group.settings, [across, ...others])}: ${note}.`;
    }),
  ];
  return { title: `by ${nameOf(across)}`, notes: notes.slice(0, MOST_NOTES), x, y, lines, markers: [] };
}

/** More notes would leave no room for the chart. */
const MOST_NOTES = 5;

const valueOf = ({ settings }: Group, name: SettingName) => Number(settings[name]);

/** From the lowest to the highest bar, within what an accuracy may be. */
function accuracyAxis(groups: readonly Group[]): Axis {
  const ends = groups.flatMap(({ test: { mean, std } }) =>
    mean === null ? [] : [mean - BAR * (std ?? 0), mean + BAR * (std ?? 0)],
  );
  if (ends.length === 0) return linearAxis('test accuracy', 0, 1);
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const room = Math.max(0.002, 0.06 * (high - low));
  return linearAxis('test accuracy', Math.max(0, low - room), Math.min(1, high + room));
}

function lineOf(
  groups: readonly Group[],
  { across, x, y }: { across: SettingName; x: Axis; y: Axis },
  index: number,
  label: string,
): Line {
  const ordered = [...groups].sort((a, b) => valueOf(a, across) - valueOf(b, across));
  const points = ordered.map((group): Point => {
    return [x.at(valueOf(group, across)), group.test.mean === null ? NaN : y.at(group.test.mean)];
  });
  const bars = ordered.flatMap((group): [Point, Point][] => {
    const { mean, std } = group.test;
    if (mean === null || !std) return [];
    const at = x.at(valueOf(group, across));
    return [
      [
        [at, y.at(mean - BAR * std)],
        [at, y.at(mean + BAR * std)],
      ],
    ];
  });
  return {
    role: SERIES[index],
    pieces: linePieces(points),
    dots: points.filter(([, at]) => Number.isFinite(at)),
    bars,
    ...(label !== '' && { label }),
  };
}

function mapChart(groups: readonly Group[], across: SettingName, up: SettingName): Chart {
  const [columns, rows] = [across, up].map((name) =>
    [...new Set(groups.map(({ settings }) => settings[name]))].sort(compareSettings),
  );
  const x = categoryAxis(nameOf(across), columns.map(String));
  const y = categoryAxis(nameOf(up), rows.map(String));
  const means = groups.flatMap(({ test }) => test.mean ?? []);
  const [low, high] = [Math.min(...means), Math.max(...means)];
  const cells = groups.map(({ settings, test: { mean } }, i): Cell => {
    const [column, row] = [columns.indexOf(settings[across]), rows.indexOf(settings[up])];
    return {
      from: [column / columns.length, row / rows.length],
      to: [(column + 1) / columns.length, (row + 1) / rows.length],
      shade: mean === null || low === high ? 0 : (mean - low) / (high - low),
      label: mean === null ? 'not finite' : mean.toFixed(4),
      isBest: i === 0 && mean !== null,
    };
  });
  return {
    title: 'as a map',
    notes: ['Mean test accuracy: the stronger the colour, the higher.'],
    x,
    y,
    cells,
    lines: [],
    markers: [],
  };
}
