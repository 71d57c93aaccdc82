import { createHash } from 'node:crypto';
import { constants, deflateSync } from 'node:zlib';
import { type LiveData, packingNote, type ReportData } from './collect.js';
import { confusion, mistakes } from './evaluation-sections.js';
import { html, type Html, rawElement } from './html.js';
import { encodePage, PAGE_DATA_ID, type PageData, SCRIPT_WORDS_ID } from './data.js';
import { ENGLISH, type PageLanguage, translateHtml } from './page-language.js';
import { curves, drawingPad, headline, hiddenUnits, liveCurves, liveHeadline, run } from './sections.js';

// The report, one HTML page. collect.ts measures a net; sections.ts and evaluation-sections.ts turn the results into
// HTML, which html.ts writes and page-language.ts translates; data.ts packs the data of the script in browser/. live.ts
// serves the page of a running training. sweep-page.ts is the page of a sweep.

/** Script and style, as `npm run build` compiles them from browser/. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

const NAMES: Record<string, string> = {
  draw: 'Draw',
  curves: 'Curves',
  confusion: 'Confusion',
  mistakes: 'Mistakes',
  units: 'Hidden units',
  run: 'Run',
};

/** The foot of a page that is a file. */
export const COMPLETE = 'Made by gd-train. This file is complete in itself: it can be kept, sent, and read offline.';

/** A report as one self-contained HTML document, which may load nothing. */
export function reportPage(data: ReportData, assets: PageAssets, language = ENGLISH): string {
  const sections = {
    draw: drawingPad(data, packingNote(data) ?? 'Its weights are those of the model, in float32.'),
    curves: curves(data),
    confusion: confusion(data),
    mistakes: mistakes(data),
    units: hiddenUnits(data),
    run: run(data),
  };
  return renderDocument(assets, language, {
    ...pageParts(headline(data), sections, data),
    title: `${data.model} – ${language.translate('gd-train report')}`,
    foot: COMPLETE,
  });
}

/** The page of a run before its first step. Its script requests all later data from the server of the page. */
export function livePage(data: LiveData, assets: PageAssets, language = ENGLISH): string {
  const sections = {
    draw: drawingPad(data, 'It always uses the newest weights.'),
    curves: liveCurves(),
    units: hiddenUnits(data),
    run: run(data),
  };
  return renderDocument(assets, language, {
    ...pageParts(liveHeadline(data), sections, data),
    title: language.translate('gd-train, training'),
    foot: 'Served by gd-train to this computer only, and only while the run lasts.',
    mayConnect: true,
  });
}

/** What a page gets from its head, its sections by their ids, and its data. */
function pageParts(head: Html, sections: Readonly<Record<string, Html>>, data: PageData) {
  const content = html`${head}
    <nav aria-label="Sections of the page">
      <ul>
        ${Object.keys(sections).map((id) => html`<li><a href="#${id}">${NAMES[id]}</a></li>`)}
      </ul>
    </nav>
    <noscript><p class="explanation">Charts, pictures and the drawing pad need JavaScript.</p></noscript>
    <main>${Object.values(sections)}</main>`;
  return {
    skip: html`<a class="skip" href="#draw">Skip to the drawing pad</a>`,
    content,
    data: rawElement('script', ` type="text/plain" id="${PAGE_DATA_ID}"`, packData(data)),
  };
}

interface DocumentParts {
  /** In the language of the page. */
  readonly title: string;
  /** The link with which a keyboard skips to the first section. */
  readonly skip: Html;
  readonly content: Html;
  readonly foot: string;
  /** The element from which the script reads its data. */
  readonly data: Html;
  /** Whether the script may connect to the server of the page; default: false. */
  readonly mayConnect?: boolean;
}

/**
 * A document with its style, script and data. Its content security policy forbids everything else, such as requests to
 * the network.
 */
export function renderDocument(
  { script, style }: PageAssets,
  { code, translate, script: words }: PageLanguage,
  { title, skip, content, foot, data, mayConnect }: DocumentParts,
): string {
  const policy = [
    `default-src 'none'`,
    `script-src '${hash(script)}'`,
    `style-src '${hash(style)}'`,
    'img-src data:',
    ...(mayConnect ? [`connect-src 'self'`] : []),
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  const body = html`${skip} ${content}
    <footer><p>${foot}</p></footer>`;
  return html`<!doctype html>
    <html lang="${code}">
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
        ${{ html: translateHtml(body.html, translate) }} ${data} ${wordsOf(words)}${rawElement('script', '', script)}
      </body>
    </html>`.html;
}

/** Translations of the script's texts as JSON; none in English. */
function wordsOf(words: PageLanguage['script']): Html[] {
  if (Object.keys(words).length === 0) return [];
  return [rawElement('script', ` type="application/json" id="${SCRIPT_WORDS_ID}"`, JSON.stringify(words))];
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/**
 * The data of a page, compressed by zlib, in base64.
 *
 * @param level of the compression, 0 (none) to 9
 */
export function packData(data: PageData, level = constants.Z_DEFAULT_COMPRESSION): string {
  return deflateSync(encodePage(data), { level }).toString('base64');
}
