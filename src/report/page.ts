import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import type { ReportData } from './collect.js';
import { confusion, mistakes } from './evaluation-sections.js';
import { html, type Html, rawElement } from './html.js';
import { drawingPad, hiddenUnits } from './net-sections.js';
import { encodePage, PAGE_DATA_ID, type PageData } from './page-data.js';
import { curves, headline, run } from './run-sections.js';

// The report, one HTML page. collect.ts measures a net; the sections turn what was measured into HTML; page-data.ts packs
// what the script in browser/ draws.

/** What `npm run build` makes of the folder browser/. */
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

/** What a page shows, and the data of its script. */
interface Page {
  readonly title: string;
  /** The link with which a keyboard skips to the first part. */
  readonly skip: Html;
  readonly content: Html;
  /** The element from which the script reads its data. */
  readonly data: Html;
}

/**
 * A page as one HTML document that needs nothing else: style, script, data and pictures are in it, and its content
 * security policy forbids everything but them, the network above all.
 */
export function wholePage({ title, skip, content, data }: Page, { script, style }: PageAssets): string {
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
        <title>${title}</title>
        <link rel="icon" href="data:," />
        ${rawElement('style', '', style)}
      </head>
      <body>
        ${skip} ${content}
        <footer>
          <p>Made by gd-train. This file is complete in itself: it can be kept, sent, and read offline.</p>
        </footer>
        ${data} ${rawElement('script', '', script)}
      </body>
    </html>`.html;
}

/** A report about one net. */
export function reportPage(data: ReportData, assets: PageAssets): string {
  const content = html`${headline(data)}
    <nav aria-label="Sections of the report">
      <ul>
        ${SECTIONS.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}
      </ul>
    </nav>
    <noscript><p class="explanation">Charts, pictures and the drawing pad need JavaScript.</p></noscript>
    <main>
      ${drawingPad(data)} ${curves(data)} ${confusion(data)} ${mistakes(data)} ${hiddenUnits(data)} ${run(data)}
    </main>`;
  return wholePage(
    {
      title: `${data.model} – gd-train report`,
      skip: html`<a class="skip" href="#draw">Skip to the drawing pad</a>`,
      content,
      data: rawElement('script', ` type="text/plain" id="${PAGE_DATA_ID}"`, packData(data)),
    },
    assets,
  );
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** The data of the page, compressed (zlib), in base64. */
function packData(data: PageData): string {
  return deflateSync(encodePage(data)).toString('base64');
}
