/** Text that is HTML, as opposed to text that must be escaped to become it. */
export interface Html {
  readonly html: string;
}

type Part = Html | string | number | readonly Html[];

/** HTML from a template. Strings and numbers in it are escaped, HTML and lists of HTML are taken as they are. */
export function html(texts: TemplateStringsArray, ...parts: Part[]): Html {
  return { html: texts.map((text, i) => (i === 0 ? text : toHtml(parts[i - 1]) + text)).join('') };
}

/** HTML that is right as it stands. */
export function raw(text: string): Html {
  return { html: text };
}

function toHtml(part: Part): string {
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return 'html' in part ? part.html : part.map((item) => item.html).join('\n');
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** As it must stand in the text of an element or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

/** JSON that can stand in a script element: nothing in it ends the element. */
export function jsonForScript(value: unknown): Html {
  return raw(JSON.stringify(value).replaceAll('<', '\\u003c'));
}
