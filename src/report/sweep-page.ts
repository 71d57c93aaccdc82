import { formatCount } from '../errors.js';
import { narrow, widen } from '../language/width.js';
import { translateChart } from '../plots/chart.js';
import { drawSvg } from '../plots/svg.js';
import { accuracyFigure, hasMap } from '../sweep/figure.js';
import type { RunRecord } from '../sweep/record.js';
import {
  describeSettings,
  eachNamed,
  type Group,
  groupSettings,
  namedSettings,
  notFiniteNote,
  type SettingName,
  variedSettings,
} from '../sweep/summary.js';
import { explanation, figure, html, type Html, rawElement, section } from './html.js';
import { PAGE_DATA_ID, type SweepPageData } from './data.js';
import { ENGLISH, type PageLanguage, translateSentences } from './page-language.js';
import { COMPLETE, type PageAssets, renderDocument } from './page.js';

/** Most runs whose curves a page has; more would make it slow. */
const MOST_RUNS = 1000;

/**
 * The page of a sweep: its picture, the curves of all runs with filters, and tables.
 *
 * @param groups the best first
 * @param title what the page calls the sweep
 */
export function sweepPage(groups: readonly Group[], title: string, assets: PageAssets, language = ENGLISH): string {
  const all = groups.flatMap(({ runs }) => runs);
  const runs = all.slice(0, MOST_RUNS);
  const names = variedSettings(eachNamed(runs));
  const data = pageData(runs, names);
  const content = html`${headline(groups, title, all.length)}
    <noscript><p class="explanation">The curves and their filters need JavaScript.</p></noscript>
    <main>
      ${section('picture', 'The picture', picture(groups, language))}
      ${section(
        'curves',
        'The curves',
        explanation(
          all.length > runs.length
            ? `Of ${formatCount(all.length)} runs, the ${formatCount(runs.length)} with the best settings.`
            : `All ${formatCount(runs.length)} runs. Choose values, or a run of the table below.`,
        ),
        controls(data),
        html`<figure class="chart">
          <figcaption><p class="readout" id="readout" role="status"></p></figcaption>
          <div class="plot sweep-chart" id="sweep-chart"></div>
          <p class="readout" id="colours" aria-hidden="true"></p>
        </figure>`,
      )}
      ${section('settings', 'The settings', scrolling('Settings, the best first', settingsTable(groups)))}
      ${section('runs', 'The runs', scrolling('Runs', runsTable(runs, names)))}
    </main>`;
  // "<" is escaped so that no text of the data can end the element.
  const json = JSON.stringify(data).replaceAll('<', '\\u003c');
  const script = rawElement('script', ` type="application/json" id="${PAGE_DATA_ID}"`, json);
  return renderDocument(assets, language, {
    title: `${title} – gd-train sweep`,
    skip: html`<a class="skip" href="#curves">Skip to the curves</a>`,
    content,
    foot: COMPLETE,
    data: script,
  });
}

function headline(groups: readonly Group[], title: string, runs: number): Html {
  const [best] = groups;
  const accuracy = best.test.mean;
  return html`<header class="top">
    <p class="kicker">gd-train sweep</p>
    <h1><bdi>${title}</bdi></h1>
    <p class="lead">Best: ${describeSettings(best.settings, groupSettings(groups))}.</p>
    <dl class="figures">
      ${figure(
        'Test accuracy',
        accuracy === null ? '–' : accuracy.toFixed(4),
        `mean over ${best.finished.length} of the best setting`,
      )}
      ${figure('Settings', formatCount(groups.length), 'that differ in more than the seed')}
      ${figure('Runs', formatCount(runs), 'in all')}
    </dl>
  </header>`;
}

/** Width of a chart over its height, alone and beside the map. */
const ASPECT = { alone: 4 / 3, beside: 1 };

function picture(groups: readonly Group[], { translate }: PageLanguage): Html {
  const figure = accuracyFigure(groups, hasMap(groups) ? ASPECT.beside : ASPECT.alone);
  const { title, description, charts } = figure;
  const words = (text: string) => widen(translateSentences(text, translate)); // SVG text is laid out by its length
  const svg = drawSvg({
    ...figure,
    title: words(title),
    description: words(description),
    charts: charts.map((chart) => translateChart(chart, words)),
  });
  const source = `data:image/svg+xml;base64,${Buffer.from(narrow(svg)).toString('base64')}`;
  return html`<img class="sweep-picture" src="${source}" alt="${description}" />`;
}

/** The name of a setting or a machine, which no language changes. */
const named = (text: string) => html`<bdi>${text}</bdi>`;

function controls({ settings, runs }: SweepPageData): Html {
  // Accuracies that were measured only once, at the end, are points and not curves.
  const first = runs.some(({ curves }) => curves.test.length > 1) ? 'test' : 'loss';
  const measures = [
    ['test', 'test accuracy'],
    ['train', 'train accuracy'],
    ['loss', 'loss'],
  ];
  return html`<form class="filters" id="filters">
    <fieldset>
      <legend>Curves of</legend>
      ${measures.map(([value, name]) => {
        const checked = { html: value === first ? ' checked' : '' };
        return html`<label><input type="radio" name="measure" value="${value}" ${checked} /> ${name}</label>`;
      })}
    </fieldset>
    <fieldset>
      <legend>Coloured by</legend>
      ${settings.map(({ name }, i) => {
        const checked = { html: i === 0 ? ' checked' : '' };
        return html`<label><input type="radio" name="colour" value="${i}" ${checked} /> ${named(name)}</label>`;
      })}
    </fieldset>
    ${settings.map(
      ({ name, values }, i) =>
        html`<fieldset>
          <legend>${named(name)}</legend>
          ${values.map(
            (value, k) =>
              html`<label><input type="checkbox" data-setting="${i}" value="${k}" checked /> ${value}</label>`,
          )}
        </fieldset>`,
    )}
  </form>`;
}

function scrolling(name: string, table: Html): Html {
  return html`<div class="scroll" role="region" aria-label="${name}" tabindex="0">${table}</div>`;
}

const digits = (value: number | null) => (value === null ? '–' : value.toFixed(4));

function settingsTable(groups: readonly Group[]): Html {
  const names = groupSettings(groups);
  const head = [...names.map(named), 'runs', 'test accuracy', 'std', 'peak', 'train accuracy', 'loss', ''];
  return table(
    'Means over the seeds; peak: the highest test accuracy on the way.',
    head,
    groups.map((group) => {
      const { settings, finished, test, peak, train, loss } = group;
      const figures = [test.mean, test.std, peak.mean, train.mean, loss.mean].map(digits);
      const cells = [...names.map((name) => settings[name]), finished.length, ...figures, notFiniteNote(group) ?? ''];
      return html`<tr>
        ${cells.map(cell)}
      </tr>`;
    }),
  );
}

function runsTable(runs: readonly RunRecord[], names: readonly SettingName[]): Html {
  const head = ['', ...names.map(named), 'test accuracy', 'train accuracy', 'loss', 'seconds', 'machine', ''];
  return table(
    'A run each; the button shows its curve.',
    head,
    runs.map((run, i) => {
      const { outcome, seconds, machine } = run;
      const settings = namedSettings(run);
      const cells = [
        ...names.map((name) => settings[name]),
        ...[outcome.testAccuracy, outcome.trainAccuracy, outcome.loss].map(digits),
        seconds.toFixed(1),
        named(machine),
        outcome.notFiniteAt === null ? '' : `not finite at step ${outcome.notFiniteAt}`,
      ];
      const name = describeSettings(settings, names);
      return html`<tr data-run="${i}">
        <td><button type="button" aria-pressed="false" aria-label="Show the curve of ${name}">show</button></td>
        ${cells.map(cell)}
      </tr>`;
    }),
  );
}

function table(caption: string, head: readonly (string | Html)[], rows: readonly Html[]): Html {
  return html`<table class="runs">
    <caption>
      ${caption}
    </caption>
    <thead>
      <tr>
        ${head.map((name) => (name === '' ? html`<td></td>` : html`<th scope="col">${name}</th>`))}
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

const cell = (value: string | number | Html) => html`<td>${value}</td>`;

function pageData(runs: readonly RunRecord[], names: readonly SettingName[]): SweepPageData {
  const named = runs.map(namedSettings);
  const settings = names.map((name) => {
    const values = [...new Set(named.map((settings) => settings[name]))];
    return { name, values: values.every((value) => typeof value === 'number') ? values.sort((a, b) => a - b) : values };
  });
  return {
    settings,
    runs: runs.map(({ curves }, i) => ({
      name: describeSettings(named[i], names),
      values: settings.map(({ name, values }) => values.indexOf(named[i][name] as never)),
      curves,
    })),
  };
}
