import { type Axis, extent, linearAxis, logAxis } from '../../plots/scale.js';
import type { Curve } from '../../training/history.js';
import { PAGE_DATA_ID, type SweepPageData } from '../data.js';
import { chartFrame, element, svg, translate } from './elements.js';

// The page of a sweep: the curves of the runs whose settings are checked. A run that is chosen in the table or pointed
// at is highlighted.

const { settings, runs } = JSON.parse(document.getElementById(PAGE_DATA_ID)!.textContent) as SweepPageData;
const form = element('filters', HTMLFormElement);
const chart = element('sweep-chart', HTMLElement);
const readout = element('readout', HTMLElement);
const colours = element('colours', HTMLElement);
const rows = [...document.querySelectorAll<HTMLElement>('tr[data-run]')];

/** In pixels; `LEFT` is room for the labels of the upright axis. */
const [HEIGHT, LEFT] = [360, 56];
/** Above this ratio of largest to smallest loss, the axis is logarithmic. */
const LOG_FROM = 20;

let chosen: number | undefined;

type Measure = 'test' | 'train' | 'loss';
const radio = (name: string) => new FormData(form).get(name) as string;

/** A colour of a ramp that is legible on light and dark backgrounds. */
function colourOf(value: number, count: number): string {
  const share = count === 1 ? 0 : value / (count - 1);
  return `hsl(${Math.round(230 - 210 * share)} 65% 50%)`;
}

/** The runs whose values are all checked. */
function shownRuns(): number[] {
  const ticked = settings.map(() => new Set<number>());
  for (const box of form.querySelectorAll<HTMLInputElement>('input[data-setting]:checked')) {
    ticked[Number(box.dataset.setting)].add(Number(box.value));
  }
  return [...runs.keys()].filter((run) => runs[run].values.every((value, i) => ticked[i].has(value)));
}

function draw(): void {
  const measure = radio('measure') as Measure;
  const colour = Number(radio('colour'));
  const shown = shownRuns();
  for (const row of rows) row.hidden = !shown.includes(Number(row.dataset.run));

  const points = shown.flatMap((run) => runs[run].curves[measure]);
  const width = Math.max(200, chart.clientWidth);
  const iterations = points.reduce((most, [x]) => Math.max(most, x), 1);
  const { x, y, axes } = chartFrame({ width, height: HEIGHT, left: LEFT }, iterations, upAxis(measure, points), 6);

  const lines = shown.flatMap((run) => {
    const curve = runs[run].curves[measure];
    if (curve.length === 0) return [];
    // A curve of one point is a short dash.
    const ends: Curve = curve.length === 1 ? [[curve[0][0] * 0.97, curve[0][1]], curve[0]] : curve;
    const d = `M${ends.map(([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join('L')}`;
    const stroke = colourOf(runs[run].values[colour], settings[colour].values.length);
    const near = svg('path', { class: 'near', d });
    near.addEventListener('pointerenter', () => choose(run));
    return [svg('path', { class: 'run', d, stroke, 'data-run': run }), near];
  });
  chart.replaceChildren(
    svg(
      'svg',
      {
        width,
        height: HEIGHT,
        viewBox: `0 0 ${width} ${HEIGHT}`,
        role: 'img',
        'aria-label': translate(`${shown.length} curves`),
      },
      ...axes,
      ...lines,
    ),
  );
  colours.replaceChildren(`${settings[colour].name}:`, ...settings[colour].values.flatMap(swatch));
  if (chosen !== undefined && !shown.includes(chosen)) chosen = undefined;
  mark(translate(`${shown.length} of ${runs.length} runs`));
}

function upAxis(measure: Measure, points: Curve): Axis {
  if (points.length === 0) return linearAxis(measure, 0, 1);
  const [least, most] = extent(points.map(([, value]) => value));
  if (measure === 'loss' && least > 0 && most / least > LOG_FROM) return logAxis(measure, least, most);
  const room = Math.max(0.002, (most - least) / 20);
  return linearAxis(measure, Math.max(0, least - room), measure === 'loss' ? most + room : Math.min(1, most + room));
}

function swatch(value: string | number, index: number, values: readonly unknown[]): (Node | string)[] {
  const fill = colourOf(index, values.length);
  const rect = svg('rect', { width: 14, height: 10, fill });
  return [svg('svg', { class: 'swatch', width: 14, height: 10 }, rect), String(value)];
}

/** Highlights a run; undefined highlights none. */
function choose(run: number | undefined): void {
  chosen = run;
  mark(run === undefined ? '' : runs[run].name);
}

function mark(text: string): void {
  chart.classList.toggle('has-chosen', chosen !== undefined);
  for (const path of chart.querySelectorAll<SVGElement>('path.run')) {
    path.classList.toggle('chosen', Number(path.dataset.run) === chosen);
  }
  for (const row of rows) {
    row.querySelector('button')!.setAttribute('aria-pressed', String(Number(row.dataset.run) === chosen));
  }
  readout.textContent = text;
}

form.addEventListener('change', draw);
form.addEventListener('submit', (event) => event.preventDefault());
chart.addEventListener('pointerleave', () => choose(undefined));
for (const row of rows) {
  const run = Number(row.dataset.run);
  row.querySelector('button')!.addEventListener('click', () => choose(chosen === run ? undefined : run));
}
new ResizeObserver(draw).observe(chart);
