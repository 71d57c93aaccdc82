import type { Place, Role } from './chart.js';

/** A stretch of one line in one role. */
export interface Span {
  readonly text: string;
  readonly role: Role | undefined;
}

/** A rectangle of characters that holds two by four dots in each, and characters over them. */
export interface DotCanvas {
  /** A line through places on the canvas; `every` above 1 leaves dots out. */
  line(points: readonly Place[], role: Role, every?: number): void;
  /** The column and row of a place; undefined off the canvas. */
  cell(place: Place): { column: number; row: number } | undefined;
  /** Writes over the dots; what does not fit, or would touch other words if `isShy`, is not written. */
  write(column: number, row: number, text: string, role: Role, isShy?: boolean): boolean;
  rows(): Span[][];
}

/** The bit of each dot in a braille character, U+2800 plus bits: [row][column]. */
const BITS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
];
const UPPER = 0x1b;
const LOWER = 0xe4;

/** @param isAscii draws with . ' and : instead of braille */
export function dotCanvas(columns: number, rows: number, isAscii: boolean): DotCanvas {
  const bits = new Uint8Array(columns * rows);
  const roles = new Array<Role | undefined>(columns * rows).fill(undefined);
  const words = new Array<string | undefined>(columns * rows).fill(undefined);
  const [width, height] = [2 * columns, 4 * rows];
  const toDot = ([x, y]: Place): Place => [x * (width - 1), (1 - y) * (height - 1)];

  function dot(x: number, y: number, role: Role): void {
    if (x < 0 || x > width - 1 || y < 0 || y > height - 1) return;
    const [column, line] = [Math.round(x), Math.round(y)];
    const index = (line >> 2) * columns + (column >> 1);
    bits[index] |= BITS[line & 3][column & 1];
    roles[index] = role;
  }

  return {
    line(points, role, every = 1) {
      let count = 0;
      for (let i = 0; i < points.length; i++) {
        const to = toDot(points[i]);
        const from = i === 0 ? to : toDot(points[i - 1]);
        const steps = Math.max(1, Math.ceil(Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]))));
        for (let step = i === 0 ? steps : 1; step <= steps; step++) {
          const share = step / steps;
          const x = from[0] + share * (to[0] - from[0]);
          const y = from[1] + share * (to[1] - from[1]);
          if (count++ % every === 0) dot(x, y, role);
        }
      }
    },
    cell([x, y]) {
      if (!(x >= 0 && x <= 1 && y >= 0 && y <= 1)) return undefined;
      const [px, py] = toDot([x, y]);
      return { column: Math.round(px) >> 1, row: Math.round(py) >> 2 };
    },
    write(column, row, text, role, isShy = false) {
      if (column < 0 || column + text.length > columns || row < 0 || row >= rows) return false;
      const at = row * columns + column;
      if (isShy && words.slice(Math.max(row * columns, at - 1), at + text.length + 1).some(Boolean)) return false;
      [...text].forEach((c, i) => {
        words[at + i] = c;
        roles[at + i] = role;
      });
      return true;
    },
    rows: () =>
      Array.from({ length: rows }, (_, row) => {
        const spans: Span[] = [];
        for (let index = row * columns; index < (row + 1) * columns; index++) {
          const text = words[index] ?? character(bits[index], isAscii);
          const role = text === ' ' ? undefined : roles[index];
          const last = spans[spans.length - 1];
          if (last && last.role === role) spans[spans.length - 1] = { text: last.text + text, role };
          else spans.push({ text, role });
        }
        return spans;
      }),
  };
}

function character(bits: number, isAscii: boolean): string {
  if (bits === 0) return ' ';
  if (!isAscii) return String.fromCharCode(0x2800 + bits);
  if (!(bits & LOWER)) return "'";
  return bits & UPPER ? ':' : '.';
}
