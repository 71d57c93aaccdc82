// The few words of SVG that the pictures are written in.

/** An element. Children are markup; `escapeText` makes text fit to be one. Attributes are escaped here. */
export function element(
  name: string,
  attributes: Record<string, string | number | undefined>,
  ...children: readonly string[]
): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeText(typeof value === 'number' ? round(value) : value!)}"`)
    .join('');
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join('')}</${name}>`;
}

/** XML's own characters as references; what XML cannot hold becomes a question mark. */
export function escapeText(text: string): string {
  return (
    text
      .replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)
      // eslint-disable-next-line no-control-regex -- these are what XML forbids
      .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uD800-\uDFFF\uFFFE\uFFFF]/g, '?')
  );
}

/** The d of a path through points, in the picture's units; `close` makes a ring of it. */
export function pathData(points: readonly (readonly [number, number])[], close = false): string {
  return `M${points.map(([x, y]) => `${round(x)},${round(y)}`).join('L')}${close ? 'Z' : ''}`;
}

/** Tenths are as fine as a picture gets. */
export function round(value: number): string {
  const text = value.toFixed(1).replace(/\.0$/, '');
  return text === '-0' ? '0' : text;
}
