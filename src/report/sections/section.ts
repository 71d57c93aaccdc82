import { html, type Html } from '../html.js';

/** A part of the page, which its heading names to a screen reader. */
export function section(id: string, title: string, ...content: Html[]): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${content}
  </section>`;
}

/** A paragraph about what is to be seen. */
export function explanation(text: string): Html {
  return html`<p class="explanation">${text}</p>`;
}
