/** Fonts that are there, beginning with the one that the PNG is set in: all of about one width. */
const FAMILY = "'DejaVu Sans', Verdana, 'Noto Sans', sans-serif";

/** Widths over the font's size: of a character of prose on average, a little more than it is, and of a digit. */
export const CHARACTER = 0.58;
export const DIGIT = 0.64;

export const SIZE = { heading: 17, title: 14, text: 12, label: 11 } as const;

/** Colours told apart by people who see no red or green, on white; and what changes on a dark page. */
const LIGHT = {
  paper: '#ffffff',
  ink: '#1c2430',
  muted: '#5a6675',
  grid: '#dfe3e8',
  blue: '#2563a8',
  orange: '#c2410c',
  green: '#0f766e',
};
const DARK: typeof LIGHT = {
  paper: '#15191f',
  ink: '#e8ebf0',
  muted: '#a3aebb',
  grid: '#333b46',
  blue: '#7db4f0',
  orange: '#ff9a5c',
  green: '#5ccfc0',
};

/** The style sheet of a picture. Only colours differ between light and dark. */
export function styleSheet(): string {
  const common = [
    `text{font-family:${FAMILY};font-size:${SIZE.label}px}`,
    `.heading{font-size:${SIZE.heading}px;font-weight:bold}`,
    `.title{font-size:${SIZE.title}px;font-weight:bold}`,
    `.note{font-size:${SIZE.text}px}`,
    '.line{fill:none;stroke-linejoin:round;stroke-linecap:round}',
    '.contour{fill-opacity:0.07;stroke-width:1;stroke-opacity:0.55}',
    '.path,.curve,.train,.test{stroke-width:2}',
    '.fine{stroke-width:1.2}',
    '.theory{stroke-width:1.2;stroke-dasharray:5 4}',
    '.halo{stroke-width:5;stroke-opacity:0.75;fill:none;stroke-linejoin:round}',
    '.name{stroke-width:4;stroke-linejoin:round;paint-order:stroke}',
    '.ring{stroke-width:2.5}',
    '.truncation,.cancellation{fill-opacity:0.1}',
    '.underflow{fill-opacity:0.13}',
  ];
  return `${common.join('')}${colours(LIGHT)}@media (prefers-color-scheme:dark){${colours(DARK)}}`;
}

function colours({ paper, ink, muted, grid, blue, orange, green }: typeof LIGHT): string {
  return [
    `.paper,.ring{fill:${paper}}`,
    `.muted,.note,.underflow{fill:${muted}}`,
    `.ink,.heading,.title{fill:${ink}}`,
    `.gap{fill:${grid}}`,
    `.grid{stroke:${grid}}.frame{fill:none;stroke:${muted}}`,
    `.contour,.truncation,.level,.onCurve{fill:${blue}}.contour,.curve{stroke:${blue}}`,
    `.path,.ring{stroke:${orange}}.dot,.onPath,.cancellation{fill:${orange}}`,
    `.best{fill:${green}}.theory{stroke:${muted}}`,
    `.halo,.name{stroke:${paper}}`,
  ].join('');
}
