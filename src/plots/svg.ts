import type { Chart, Figure, Rectangle } from './chart.js';
import type { Axis, Tick } from './scale.js';
import { element, escapeText, markerSymbol, plotContents, round, textAt, textUpwards } from './svg-marks.js';
import { CHARACTER, DIGIT, SIZE, styleSheet } from './svg-style.js';
import { wrapText } from './typography.js';

/** Widths in pixels of an SVG; a PNG has twice as many. */
const WIDTH = { alone: 760, beside: 420 };
const MARGIN = 22;
const LINE = 17;

/** A figure as a self-contained SVG document. The same figure gives the same bytes. */
export function drawSvg(figure: Figure): string {
  const { title, description, charts, aspect } = figure;
  const panelWidth = charts.length === 1 ? WIDTH.alone : WIDTH.beside;
  const width = panelWidth * charts.length;
  const heading = wrapText(title, characters(width - 2 * MARGIN, SIZE.heading * 1.15));
  const top = MARGIN + heading.length * 24;
  const texts = charts.map((chart) => panelText(chart, panelWidth - 2 * MARGIN));
  const textHeight = Math.max(...texts.map(({ height }) => height));
  const labels = charts.map(({ y }) => Math.max(0, ...y.ticks(TICKS).map(({ label }) => label.length)));
  const left = MARGIN + 22 + Math.max(...labels) * SIZE.label * DIGIT + 6;
  const areaWidth = panelWidth - left - MARGIN;
  const areaHeight = areaWidth / aspect;
  const height = top + textHeight + areaHeight + 58;

  const panels = charts.map((chart, i) => {
    const x = i * panelWidth;
    const area = { x: x + left, y: top + textHeight + 8, width: areaWidth, height: areaHeight };
    return element('g', {}, texts[i].draw(x + MARGIN, top), panel(chart, area, x + MARGIN + 10, `plot${i + 1}`));
  });
  return `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height: Math.ceil(height),
      viewBox: `0 0 ${width} ${Math.ceil(height)}`,
      role: 'img',
      'aria-labelledby': 'title desc',
    },
    element('title', { id: 'title' }, escapeText(title)),
    element('desc', { id: 'desc' }, escapeText(description)),
    element('style', {}, styleSheet()),
    element('rect', { class: 'paper', width: '100%', height: '100%' }),
    ...heading.map((line, i) => textAt('heading', [MARGIN, MARGIN + 14 + i * 24], line)),
    ...panels,
  )}\n`;
}

const TICKS = 7;

function characters(width: number, size: number): number {
  return Math.floor(width / (size * CHARACTER));
}

/** Title, notes and legend of a chart: their height in pixels, and a function that draws them. */
function panelText(chart: Chart, width: number) {
  const room = characters(width, SIZE.text);
  const titles = wrapText(chart.title, characters(width, SIZE.title * 1.15));
  const notes = chart.notes.flatMap((note) => wrapText(note, room));
  const legend = legendRows(chart, room);
  return {
    height: (titles.length + notes.length + legend.length) * LINE + 16,
    draw(x: number, top: number): string {
      let y = top;
      const next = (gap = 0) => (y += LINE + gap);
      return [
        ...titles.map((line) => textAt('title', [x, next()], line)),
        ...notes.map((line) => textAt('note', [x, next()], line)),
        ...legend.map((row, i) => {
          const base = next(i === 0 ? 4 : 0);
          const item = ({ symbol, text, at }: (typeof row)[number]) =>
            symbol(x + at, base - 4) + textAt('note ink', [x + at + SYMBOL, base], text);
          return row.map(item).join('');
        }),
      ].join('');
    },
  };
}

const SYMBOL = 22;

/** The items of a legend in rows of at most `room` characters; `at` is their distance from the left in pixels. */
function legendRows({ markers, lines }: Chart, room: number) {
  const items = [
    ...lines.map(({ label, role }) => ({
      text: label ?? '',
      symbol: (x: number, y: number) =>
        element('path', { class: `line ${role}`, d: `M${round(x)},${round(y)}h${SYMBOL - 6}` }),
    })),
    ...markers.map(({ legend, role }) => ({
      text: legend,
      symbol: (x: number, y: number) => markerSymbol(role, [x + 7, y]),
    })),
  ].filter(({ text }) => text !== '');
  const rows: ((typeof items)[number] & { at: number })[][] = [];
  let used = Infinity;
  for (const { text: whole, symbol } of items) {
    const text = whole.length + 4 > room ? `${whole.slice(0, room - 5)}…` : whole;
    if (used + text.length + 4 > room) {
      rows.push([]);
      used = 0;
    }
    rows[rows.length - 1].push({ text, symbol, at: used * SIZE.text * CHARACTER });
    used += text.length + 6;
  }
  return rows;
}

/** A chart: its axes, its contents and its frame. */
function panel(chart: Chart, area: Rectangle, nameX: number, id: string): string {
  const [middleX, middleY] = [area.x + area.width / 2, area.y + area.height / 2];
  return [
    element('clipPath', { id }, element('rect', area)),
    axisX(chart.x, area),
    axisY(chart.y, area),
    element('g', { 'clip-path': `url(#${id})` }, plotContents(chart, area, id)),
    element('rect', { class: 'frame', ...area }),
    textAt('note ink', [middleX, area.y + area.height + 38], chart.x.name, 'middle'),
    textUpwards('note ink', [nameX, middleY], chart.y.name, 'middle'),
  ].join('');
}

function axisX(axis: Axis, { x, y, width, height }: Rectangle): string {
  const longest = Math.max(1, ...axis.ticks(TICKS).map(({ label }) => label.length));
  const room = Math.max(2, Math.min(TICKS, Math.floor(width / ((longest + 2) * SIZE.label * DIGIT))));
  const tick = ({ at, label }: Tick) => {
    const px = x + at * width;
    return gridLine(px, y, `v${round(height)}`) + textAt('muted', [px, y + height + 18], label, 'middle');
  };
  return axis.ticks(room).map(tick).join('');
}

function axisY(axis: Axis, { x, y, width, height }: Rectangle): string {
  const tick = ({ at, label }: Tick) => {
    const py = y + (1 - at) * height;
    return gridLine(x, py, `h${round(width)}`) + textAt('muted', [x - 8, py + 4], label, 'end');
  };
  return axis.ticks(TICKS).map(tick).join('');
}

const gridLine = (x: number, y: number, to: string) =>
  element('path', { class: 'grid', d: `M${round(x)},${round(y)}${to}` });
