import { createHash } from 'node:crypto';
import { html, jsonForScript, raw, type Html } from './html.js';
import { PAGE_DATA_ID } from './page-data.js';
import type { ReportData } from './report-data.js';
import { confusion } from './sections/confusion.js';
import { curves } from './sections/curves.js';
import { drawingPad } from './sections/drawing-pad.js';
import { headline } from './sections/headline.js';
import { hiddenUnits } from './sections/hidden-units.js';
import { mistakes } from './sections/mistakes.js';
import { run } from './sections/run.js';
import { toPageData } from './to-page-data.js';

/** What `npm run build` makes of the folder page/. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

const SECTIONS: readonly [id: string, name: string][] = [
  ['draw', 'Draw'],
  ['curves', 'Curves'],
  ['confusion', 'Confusion'],
  ['mistakes', 'Mistakes'],
  ['units', 'Hidden units'],
  ['run', 'Run'],
];

/**
 * A report as one HTML document that needs nothing else: style, script, weights and pictures are in it, and its content
 * security policy forbids everything but them, the network above all.
 */
export function reportPage(data: ReportData, { script, style }: PageAssets): string {
  const policy = [
    `default-src 'none'`,
    `script-src '${hash(script)}'`,
    `style-src '${hash(style)}'`,
    'img-src data:',
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${data.model} – gd-train report</title>
        <link rel="icon" href="data:," />
        ${element('style', '', style)}
      </head>
      <body>
        <a class="skip" href="#draw">Skip to the drawing pad</a>
        ${headline(data)}
        <nav aria-label="Parts of the report">
          <ul>
            ${SECTIONS.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}
          </ul>
        </nav>
        <noscript><p class="explanation">Charts, pictures and the drawing pad need JavaScript.</p></noscript>
        <main>
          ${drawingPad(data)} ${curves(data)} ${confusion(data)} ${mistakes(data)} ${hiddenUnits(data)} ${run(data)}
        </main>
        <footer>
          <p>Made by gd-train. This file is complete in itself: it can be kept, sent, and read offline.</p>
        </footer>
        ${element('script', ` type="application/json" id="${PAGE_DATA_ID}"`, jsonForScript(toPageData(data)).html)}
        ${element('script', '', script)}
      </body>
    </html>`.html;
}

/** An element whose text is not HTML, and is taken as it is. */
function element(name: 'script' | 'style', attributes: string, text: string): Html {
  return raw(`<${name}${attributes}>${text}</${name}>`);
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
