/** Text that is HTML, as opposed to text that must be escaped to become it. */
export interface Html {
  readonly html: string;
}

type Part = Html | string | number | readonly Html[];

/** HTML from a template. Strings and numbers are escaped; HTML and lists of HTML are inserted unchanged. */
export function html(texts: TemplateStringsArray, ...parts: Part[]): Html {
  return { html: texts.map((text, i) => (i === 0 ? text : toHtml(parts[i - 1]) + text)).join('') };
}

function toHtml(part: Part): string {
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return 'html' in part ? part.html : part.map((item) => item.html).join('\n');
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Escapes text for an element or a quoted attribute. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

/** An element whose text is inserted unchanged; it must not contain an end tag. */
export function rawElement(name: 'script' | 'style', attributes: string, text: string): Html {
  return { html: `<${name}${attributes}>${text}</${name}>` };
}

/** A section of the page, labelled by its heading for screen readers. */
export function section(id: string, title: string, ...content: Html[]): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${content}
  </section>`;
}

/** A paragraph that explains what a section shows. */
export function explanation(text: string): Html {
  return html`<p class="explanation">${text}</p>`;
}

/** A figure of the headline: its name, its value and a note; an id if the script changes the value. */
export function figure(name: string, value: string, note: string, id?: string): Html {
  return html`<div>
    <dt>${name}</dt>
    <dd>
      ${id === undefined ? html`<strong>${value}</strong>` : html`<strong id="${id}">${value}</strong>`}
      <span>${note}</span>
    </dd>
  </div>`;
}

/** (0.9463, 2) → "94.63 %" */
export function percent(share: number, digits = 2): string {
  return `${(share * 100).toFixed(digits)} %`;
}

/** (8) → "an 8" */
export function withArticle(digit: number): string {
  return `${digit === 8 ? 'an' : 'a'} ${digit}`;
}
