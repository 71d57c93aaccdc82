import { formatCount } from '../../errors.js';
import { type Axis, linearAxis, logAxis, type Tick } from '../../plots/scale.js';
import type { Bucket, History } from '../../training/history.js';
import { percent } from '../html.js';
import { chartFrame, sliderKeys, svg, translate } from './elements.js';

// Curves of means and bands of extremes. `drawChart` draws a chart; `openChart` puts it into a figure of the page and
// lets pointer and keyboard move from point to point.

/** A curve; the style sheet has a colour for each of two. */
interface Series {
  readonly name: string;
  readonly buckets: readonly Bucket[];
}

/** The curves to draw. All series have their buckets at the same iterations. */
interface Chart {
  readonly series: readonly Series[];
  /** Where the axis of iterations ends. */
  readonly iterations: number;
  /** The vertical axis for values from `least` to `most`. */
  readonly axis: (least: number, most: number) => Axis;
  readonly formatTick: (tick: Tick) => string;
  readonly formatValue: (value: number) => string;
}

/** Room for the labels of the upright axis, in pixels. */
const LEFT = 52;
/** Height of a chart: its limits in pixels, and its ratio to the width. */
const [LEAST_HEIGHT, MOST_HEIGHT, ASPECT] = [200, 300, 0.55];

/** Draws a chart as SVG, `width` pixels wide. */
function drawChart({ series, iterations, axis, formatTick }: Chart, width: number) {
  const height = Math.max(LEAST_HEIGHT, Math.min(MOST_HEIGHT, width * ASPECT));
  const all = series.flatMap(({ buckets }) => buckets);
  const up = axis(Math.min(...all.map(({ min }) => min)), Math.max(...all.map(({ max }) => max)));
  const { top, bottom, x, y, axes } = chartFrame({ width, height, left: LEFT }, iterations, up, 5, formatTick);
  const marker = svg('g', { class: 'marker' });
  const root = svg(
    'svg',
    { width, height, viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' },
    ...axes,
    ...series.flatMap(({ buckets }, i) => {
      const means = buckets.map((bucket) => [x(middle(bucket)), y(bucket.mean)] as const);
      return [
        svg('path', { class: `band series-${i}`, d: band(buckets, x, y) }),
        svg('path', { class: `curve series-${i}`, d: line(means) }),
        ...(buckets.length <= 30 ? means.map(([cx, cy]) => dot(i, cx, cy, 2.5)) : []),
      ];
    }),
    marker,
  );

  /** Marks a bucket by a line and dots; undefined removes the mark. */
  function mark(place: number | undefined): void {
    marker.replaceChildren();
    if (place === undefined) return;
    const at = x(middle(series[0].buckets[place]));
    marker.append(
      svg('line', { x1: at, x2: at, y1: top, y2: bottom }),
      ...series.map(({ buckets }, i) => dot(i, at, y(buckets[place].mean), 4)),
    );
  }
  return { root, x, mark };
}

function dot(series: number, cx: number, cy: number, r: number): SVGElement {
  return svg('circle', { class: `dot series-${series}`, cx, cy, r });
}

/** The outline of the area between the least and the largest value of each bucket. */
function band(buckets: readonly Bucket[], x: (at: number) => number, y: (at: number) => number): string {
  const [upper, lower] = (['max', 'min'] as const).map((end) =>
    buckets.map((bucket) => [x(middle(bucket)), y(bucket[end])] as const),
  );
  return `${line([...upper, ...lower.reverse()])}Z`;
}

function line(points: readonly (readonly [number, number])[]): string {
  return `M${points.map((point) => point.map((value) => value.toFixed(1)).join()).join('L')}`;
}

function middle({ from, to }: Bucket): number {
  return (from + to) / 2;
}

function nearest(buckets: readonly Bucket[], distance: (bucket: Bucket) => number): number {
  return buckets.reduce((best, bucket, i) => (distance(bucket) < distance(buckets[best]) ? i : best), 0);
}

/**
 * Puts a chart into a figure of the page and lets pointer and keyboard move from point to point. It is redrawn when the
 * width of the figure changes and when the returned function receives another chart.
 */
function openChart(figure: HTMLElement, first: Chart): (chart: Chart) => void {
  const plot = figure.querySelector<HTMLElement>('.plot')!;
  const readout = figure.querySelector<HTMLElement>('.readout')!;
  let chart = first;
  let drawn = drawChart(chart, plot.clientWidth);
  const buckets = () => chart.series[0].buckets;

  const refresh = sliderKeys(plot, {
    count: () => buckets().length,
    rest: () => buckets().length - 1,
    rowLength: () => 1,
    placeAt: ({ clientX }) => {
      const x = clientX - plot.getBoundingClientRect().left;
      return nearest(buckets(), (bucket) => Math.abs(drawn.x(middle(bucket)) - x));
    },
    show(place) {
      drawn.mark(place);
      const at = place ?? buckets().length - 1;
      const { from, to } = buckets()[at];
      const where = translate(
        from === to ? `iteration ${formatCount(from)}` : `iterations ${formatCount(from)}–${formatCount(to)}`,
      );
      const values = chart.series.map(
        ({ name, buckets }) => [translate(name), chart.formatValue(buckets[at].mean)] as const,
      );
      readout.replaceChildren(where, ...values.flatMap(([name, value], i) => [' ', keyed(i, `${name} ${value}`)]));
      return `${where}: ${values.map((pair) => pair.join(' ')).join(', ')}`;
    },
  });
  function redraw(): void {
    drawn = drawChart(chart, plot.clientWidth);
    plot.replaceChildren(drawn.root);
    refresh();
  }
  new ResizeObserver(redraw).observe(plot);
  return (next) => {
    chart = next;
    redraw();
  };
}

/** A value with the colour of its curve before it. */
function keyed(series: number, text: string): HTMLElement {
  const key = document.createElement('span');
  key.className = `key series-${series}`;
  key.textContent = text;
  return key;
}

/** Opens the charts of loss and accuracy in their figures; returns a function that shows a history. */
export function openCurves(): (history: History) => void {
  const [showLoss, showAccuracy] = ['loss-chart', 'accuracy-chart'].map(lateChart);
  return ({ loss, train, test, iterations }) => {
    showLoss({
      series: [{ name: 'loss', buckets: loss }],
      iterations,
      axis: lossAxis,
      formatTick: ({ label }) => label,
      formatValue: (value) => value.toPrecision(3),
    });
    showAccuracy({
      series: [
        { name: 'test', buckets: test },
        { name: 'train', buckets: train },
      ],
      iterations,
      axis: shareAxis,
      formatTick: ({ value }) => translate(`${Number((value * 100).toPrecision(6))} %`),
      formatValue: (share) => translate(percent(share)),
    });
  };
}

/** A chart that opens when it has its first point; without its figure, it never does. */
function lateChart(id: string): (chart: Chart) => void {
  const figure = document.getElementById(id);
  let show: ((chart: Chart) => void) | undefined;
  return (chart) => {
    if (figure === null || chart.series[0].buckets.length === 0) return;
    if (show) show(chart);
    else show = openChart(figure, chart);
  };
}

/** Above this ratio of largest to smallest, the small ones can only be told apart on a logarithmic axis. */
const LOG_FROM = 50;

/** An axis of losses: logarithmic if they span decades, else linear from 0. */
function lossAxis(least: number, most: number): Axis {
  if (least > 0 && most / least > LOG_FROM) return logAxis('loss', least, most);
  return linearAxis('loss', 0, (most || 1) * 1.05);
}

/** An axis of shares, 0 to 1, that begins and ends near the curves. */
function shareAxis(least: number, most: number): Axis {
  const room = Math.max(0.005, (most - least) / 10);
  return linearAxis('share', Math.max(0, least - room), Math.min(1, most + room));
}
