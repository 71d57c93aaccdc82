import { createHash } from 'node:crypto';
import type { Bucket, History } from '../training/history.js';
import { type Curves, PAGE_DATA_ID, type PageData, type ReportData } from './data.js';
import {
  confusion,
  curves,
  drawingPad,
  headline,
  hiddenUnits,
  html,
  type Html,
  jsonForScript,
  mistakes,
  raw,
  run,
} from './sections.js';

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

/** What a page shows, and the data of its script. */
interface Page {
  readonly title: string;
  /** The link with which a keyboard skips to the first part. */
  readonly skip: Html;
  readonly content: Html;
  readonly data: unknown;
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
        ${element('style', '', style)}
      </head>
      <body>
        ${skip} ${content}
        <footer>
          <p>Made by gd-train. This file is complete in itself: it can be kept, sent, and read offline.</p>
        </footer>
        ${element('script', ` type="application/json" id="${PAGE_DATA_ID}"`, jsonForScript(data).html)}
        ${element('script', '', script)}
      </body>
    </html>`.html;
}

/** A report about one net. */
export function reportPage(data: ReportData, assets: PageAssets): string {
  const content = html`${headline(data)}
    <nav aria-label="Parts of the report">
      <ul>
        ${SECTIONS.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}
      </ul>
    </nav>
    <noscript><p class="explanation">Charts, pictures and the drawing pad need JavaScript.</p></noscript>
    <main>
      ${drawingPad(data)} ${curves(data)} ${confusion(data)} ${mistakes(data)} ${hiddenUnits(data)} ${run(data)}
    </main>`;
  const skip = html`<a class="skip" href="#draw">Skip to the drawing pad</a>`;
  return wholePage({ title: `${data.model} – gd-train report`, skip, content, data: toPageData(data) }, assets);
}

/** An element whose text is not HTML, and is taken as it is. */
function element(name: 'script' | 'style', attributes: string, text: string): Html {
  return raw(`<${name}${attributes}>${text}</${name}>`);
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** Digits of what is drawn: more than a screen shows, fewer than a float64 prints. */
const DIGITS = 6;

/** What the page's script needs of a report. */
function toPageData({ weights, images, mistakes, samples, history }: ReportData): PageData {
  return {
    weights: { ...weights, bytes: base64(weights.bytes) },
    images,
    mistakes: mistakes.map(({ pixels }) => base64(pixels)),
    samples: samples.map(({ pixels }) => base64(pixels)),
    curves: history ? shortened(history) : null,
  };
}

function shortened({ loss, train, test, iterations }: History): Curves {
  return { loss: shorten(loss), train: shorten(train), test: shorten(test), iterations };
}

function shorten(buckets: readonly Bucket[]): Bucket[] {
  const short = (value: number) => Number(value.toPrecision(DIGITS));
  return buckets.map(({ from, to, mean, min, max }) => ({
    ...{ from, to, mean: short(mean), min: short(min), max: short(max) },
  }));
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
