import { formatCount } from '../../errors.js';
import { type Axis, linearAxis, logAxis, type Tick } from '../../plots/scale.js';
import type { Bucket } from '../../training/history.js';
import type { Curves } from '../data.js';
import { element, svg } from './elements.js';

/** A curve; page.css has the colours of the first and the second. */
interface Series {
  readonly name: string;
  readonly buckets: readonly Bucket[];
}

/** What is to be drawn. All series have their buckets at the same iterations. */
interface Chart {
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
function openChart(id: string, chart: Chart): void {
  const figure = element(id, HTMLElement);
  const plot = figure.querySelector<HTMLElement>('.plot')!;
  const readout = figure.querySelector<HTMLElement>('.readout')!;
  const { series } = chart;
  const buckets = series[0].buckets;
  let drawn = draw(chart, plot.clientWidth);

  const refresh = sliderKeys(plot, {
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

/** Loss and accuracies, each on a chart of its own. */
export function openCurves({ loss, train, test, iterations }: Curves): void {
  if (loss.length > 0) {
    openChart('loss-chart', {
      series: [{ name: 'loss', buckets: loss }],
      iterations,
      axis: lossAxis,
      formatTick: ({ label }) => label,
      formatValue: (value) => value.toPrecision(3),
    });
  }
  if (test.length > 0) {
    openChart('accuracy-chart', {
      series: [
        { name: 'test', buckets: test },
        { name: 'train', buckets: train },
      ],
      iterations,
      axis: shareAxis,
      formatTick: ({ value }) => `${Number((value * 100).toPrecision(6))} %`,
      formatValue: (share) => `${(share * 100).toFixed(2)} %`,
    });
  }
}

/** Above this ratio of largest to smallest, the small ones can only be told apart on a logarithmic axis. */
const LOG_FROM = 50;

/** An axis of losses: logarithmic if they span decades, else linear from 0. */
function lossAxis(least: number, most: number): Axis {
  if (least > 0 && most / least > LOG_FROM) return logAxis('loss', least, most);
  return linearAxis('loss', 0, (most || 1) * 1.05);
}

/** An axis of shares of 1: as near as the curves need. */
function shareAxis(least: number, most: number): Axis {
  const room = Math.max(0.005, (most - least) / 10);
  return linearAxis('share', Math.max(0, least - room), Math.min(1, most + room));
}

/** What a slider does at its places 0 … count - 1. */
interface SliderKeys {
  readonly count: number;
  readonly start: number;
  /** The place that is pointed at; undefined between places. */
  placeAt(event: PointerEvent): number | undefined;
  /** Places from a row to the next, where they lie in rows; 1 elsewhere. */
  rowLength(): number;
  /** Shows a place, or with undefined what is to be seen when nobody looks at one; returns it in words. */
  show(place: number | undefined): string;
}

/**
 * Makes an element with role slider one whose places can be visited by pointer or by keyboard (arrows, Page Up and Down,
 * Home, End), as the ARIA authoring practices have it.
 *
 * @returns shows the present place again, after the element was drawn anew
 */
export function sliderKeys(element: HTMLElement, { count, start, placeAt, rowLength, show }: SliderKeys): () => void {
  let place = start;
  let looking = false;

  function refresh(): void {
    element.ariaValueMin = '0';
    element.ariaValueMax = String(count - 1);
    element.ariaValueNow = String(place);
    element.ariaValueText = show(place);
    if (!looking) show(undefined);
  }
  function look(at: number): void {
    looking = true;
    place = Math.max(0, Math.min(count - 1, at));
    refresh();
  }
  function away(): void {
    looking = document.activeElement === element && element.matches(':focus-visible');
    refresh();
  }

  element.addEventListener('pointermove', (event) => {
    const at = placeAt(event);
    if (at !== undefined) look(at);
  });
  element.addEventListener('pointerdown', (event) => {
    const at = placeAt(event);
    if (at !== undefined) look(at);
  });
  element.addEventListener('pointerleave', ({ pointerType }) => {
    if (pointerType !== 'touch') away(); // a finger that was lifted still wants to read
  });
  element.addEventListener('focus', () => element.matches(':focus-visible') && look(place));
  element.addEventListener('blur', away);
  element.addEventListener('keydown', (event) => {
    const page = Math.max(1, Math.round(count / 10));
    const row = rowLength();
    const to = {
      ...{ ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: count - 1 },
      ...(row === 1 ? { ArrowDown: place - 1, ArrowUp: place + 1 } : { ArrowDown: place + row, ArrowUp: place - row }),
      ...{ PageDown: place - page, PageUp: place + page },
    }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    look(to);
  });
  refresh();
  return refresh;
}
