import { type PathRole, PATHS, SERIES } from './chart.js';

// The style of an SVG: fonts, sizes, colours on light and dark backgrounds, and the style of each role.

/** Common fonts of similar width; the first one is the font of the PNG. */
const FAMILY = "'DejaVu Sans', Verdana, 'Noto Sans', sans-serif";

/** Width of an average character of prose, and of a digit, as a multiple of the font size, rounded up. */
export const CHARACTER = 0.58;
export const DIGIT = 0.64;

export const SIZE = { heading: 17, title: 14, text: 12, label: 11 } as const;

/** Colours on white that people with red-green blindness can distinguish, and their counterparts on a dark page. */
const COLOURS = {
  paper: ['#ffffff', '#15191f'],
  ink: ['#1c2430', '#e8ebf0'],
  muted: ['#5a6675', '#a3aebb'],
  grid: ['#dfe3e8', '#333b46'],
  blue: ['#2563a8', '#7db4f0'],
  orange: ['#c2410c', '#ff9a5c'],
  green: ['#0f766e', '#5ccfc0'],
  purple: ['#7c3aed', '#c4a5ff'],
  pink: ['#be185d', '#ff8ac0'],
  gold: ['#8a5a00', '#e2b93b'],
} as const;

/** The class of the points of a path. */
export const onClass = (role: PathRole) => `onP${role.slice(1)}`;

/** The style sheet of a picture, light and dark. */
export function styleSheet(): string {
  const common = [
    `text{font-family:${FAMILY};font-size:${SIZE.label}px}`,
    `.heading{font-size:${SIZE.heading}px;font-weight:bold}`,
    `.title{font-size:${SIZE.title}px;font-weight:bold}`,
    `.note{font-size:${SIZE.text}px}`,
    '.line{fill:none;stroke-linejoin:round;stroke-linecap:round}',
    '.contour{fill-opacity:0.07;stroke-width:1;stroke-opacity:0.55}',
    `${[...PATHS, 'curve', 'tangent', 'train', 'test', ...SERIES].map((role) => `.${role}`).join()}{stroke-width:2}`,
    '.fine{stroke-width:1.2}',
    '.arrow{stroke-width:1.3}',
    '.theory{stroke-width:1.2;stroke-dasharray:5 4}',
    '.halo{stroke-width:5;stroke-opacity:0.75;fill:none;stroke-linejoin:round}',
    '.name{stroke-width:4;stroke-linejoin:round;paint-order:stroke}',
    '.ring{stroke-width:2.5}',
    '.bar{fill:none;stroke-width:1.3}.chosen{fill:none;stroke-width:2.5}',
    '.series-4,.series-5,.series-6{stroke-dasharray:6 3}.bar{stroke-dasharray:none}',
    '.truncation,.cancellation{fill-opacity:0.1}',
    '.absorption{fill-opacity:0.13}',
  ];
  return `${common.join('')}${colours(0)}@media (prefers-color-scheme:dark){${colours(1)}}`;
}

function colours(ground: 0 | 1): string {
  const palette = Object.fromEntries(Object.entries(COLOURS).map(([name, pair]) => [name, pair[ground]]));
  const { paper, ink, muted, grid, blue, orange, green, purple, pink, gold } = palette;
  const laterPaths = [green, purple, ink, pink, gold];
  const series = [blue, orange, green, purple, gold, ink];
  return [
    `.paper,.ring{fill:${paper}}`,
    `.muted,.note,.absorption{fill:${muted}}`,
    `.ink,.heading,.title{fill:${ink}}`,
    `.gap{fill:${grid}}`,
    `.grid{stroke:${grid}}.frame{fill:none;stroke:${muted}}`,
    `.contour,.truncation,.level,.onCurve{fill:${blue}}.contour,.curve{stroke:${blue}}`,
    `.path,.ring{stroke:${orange}}.dot,.onPath,.cancellation{fill:${orange}}`,
    `.best{fill:${green}}.tangent{stroke:${green}}.arrow{stroke:${ink}}.theory{stroke:${muted}}`,
    `.cell{fill:${blue}}.chosen{stroke:${orange}}`,
    ...SERIES.map((role, i) => `.${role}{stroke:${series[i]}}.${role}-mark{fill:${series[i]}}`),
    ...PATHS.slice(1).map((role, i) => `.${role}{stroke:${laterPaths[i]}}.${onClass(role)}{fill:${laterPaths[i]}}`),
    `.halo,.name{stroke:${paper}}`,
  ].join('');
}
