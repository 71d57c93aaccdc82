import { linearAxis, type Axis, type Tick } from '../../plots/axis.js';
import { formatCount } from '../../format-count.js';
import type { Bucket } from '../../plots/thinned-series.js';
import { element, svg } from './element.js';
import { scrub } from './scrub.js';

/** A curve; page.css has the colours of the first and the second. */
export interface Series {
  readonly name: string;
  readonly buckets: readonly Bucket[];
}

/** What is to be drawn. All series have their buckets at the same iterations. */
export interface Chart {
  readonly series: readonly Series[];
  /** Where the axis of iterations ends. */
  readonly iterations: number;
  /** The axis that least and most need. */
  readonly axis: (least: number, most: number) => Axis;
  readonly formatTick: (tick: Tick) => string;
  readonly formatValue: (value: number) => string;
}

const MARGIN = { top: 12, right: 22, bottom: 40, left: 48 };
/** Height to width, within limits. */
const [LEAST_HEIGHT, MOST_HEIGHT, ASPECT] = [200, 300, 0.55];

/** Draws a chart into the figure with this id, again whenever its width changes; its points can be visited. */
export function openChart(id: string, chart: Chart): void {
  const figure = element(id, HTMLElement);
  const plot = figure.querySelector<HTMLElement>('.plot')!;
  const readout = figure.querySelector<HTMLElement>('.readout')!;
  const { series } = chart;
  const buckets = series[0].buckets;
  let drawn = draw(chart, plot.clientWidth);

  const refresh = scrub(plot, {
    count: buckets.length,
    start: buckets.length - 1,
    rowLength: () => 1,
    placeAt: ({ clientX }) => {
      const x = clientX - plot.getBoundingClientRect().left;
      return nearest(buckets, (bucket) => Math.abs(drawn.x(middle(bucket)) - x));
    },
    show(place) {
      drawn.mark(place);
      const at = place ?? buckets.length - 1;
      const { from, to } = buckets[at];
      const where =
        from === to ? `iteration ${formatCount(from)}` : `iterations ${formatCount(from)}–${formatCount(to)}`;
      const values = series.map(({ name, buckets }) => [name, chart.formatValue(buckets[at].mean)] as const);
      readout.replaceChildren(where, ...values.flatMap(([name, value], i) => [' ', keyed(i, `${name} ${value}`)]));
      return `${where}: ${values.map((pair) => pair.join(' ')).join(', ')}`;
    },
  });
  new ResizeObserver(() => {
    drawn = draw(chart, plot.clientWidth);
    plot.replaceChildren(drawn.root);
    refresh();
  }).observe(plot);
}

function draw({ series, iterations, axis, formatTick }: Chart, width: number) {
  const height = Math.max(LEAST_HEIGHT, Math.min(MOST_HEIGHT, width * ASPECT));
  const [left, right] = [MARGIN.left, Math.max(MARGIN.left + 1, width - MARGIN.right)];
  const [top, bottom] = [MARGIN.top, height - MARGIN.bottom];
  const all = series.flatMap(({ buckets }) => buckets);
  const down = axis(Math.min(...all.map(({ min }) => min)), Math.max(...all.map(({ max }) => max)));
  const across = linearAxis('iteration', 0, iterations);
  const x = (value: number) => left + across.at(value) * (right - left);
  const y = (value: number) => bottom + down.at(value) * (top - bottom);
  const marker = svg('g', { class: 'marker' });

  const root = svg(
    'svg',
    { width, height, viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' },
    ...down
      .ticks(5)
      .flatMap((tick) => [
        svg('line', { class: 'grid', x1: left, x2: right, y1: y(tick.value), y2: y(tick.value) }),
        svg('text', { class: 'tick-y', x: left - 8, y: y(tick.value) }, formatTick(tick)),
      ]),
    ...across
      .ticks(Math.min(6, width / 80))
      .filter(({ value }) => Number.isInteger(value))
      .flatMap(({ value }) => [
        svg('line', { class: 'tick', x1: x(value), x2: x(value), y1: bottom, y2: bottom + 4 }),
        svg('text', { class: 'tick-x', x: x(value), y: bottom + 17 }, formatCount(value)),
      ]),
    svg('line', { class: 'axis', x1: left, x2: right, y1: bottom, y2: bottom }),
    svg('text', { class: 'axis-name', x: right, y: height - 4 }, 'iteration'),
    ...series.flatMap(({ buckets }, i) => [
      svg('path', { class: `band series-${i}`, d: band(buckets, x, y) }),
      svg('path', {
        class: `curve series-${i}`,
        d: line(buckets.map((bucket) => [x(middle(bucket)), y(bucket.mean)])),
      }),
      ...(buckets.length <= 30 ? buckets.map((bucket) => dot(i, x(middle(bucket)), y(bucket.mean), 2.5)) : []),
    ]),
    marker,
  );

  /** A line through the points of a place. */
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

/** From a value to pixels. */
type Place = (value: number) => number;

/** From the least to the largest value of each bucket. */
function band(buckets: readonly Bucket[], x: Place, y: Place): string {
  const upper = buckets.map((bucket): [number, number] => [x(middle(bucket)), y(bucket.max)]);
  const lower = buckets.map((bucket): [number, number] => [x(middle(bucket)), y(bucket.min)]);
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

/** A value with the colour of its curve before it. */
function keyed(series: number, text: string): HTMLElement {
  const key = document.createElement('span');
  key.className = `key series-${series}`;
  key.textContent = text;
  return key;
}
