import { html, type Html } from '../html.js';
import type { Facts, ReportData } from '../report-data.js';
import { section } from './section.js';

/** Hyper-parameters and environment. */
export function run({ facts }: ReportData): Html {
  return section('run', 'The run', html`<div class="facts">${facts.map(list)}</div>`);
}

function list({ title, entries }: Facts): Html {
  return html`<div>
    <h3>${title}</h3>
    <dl>
      ${entries.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${isDigest(value) ? html`<code>${value}</code>` : value}</dd>
          </div>`,
      )}
    </dl>
  </div>`;
}

function isDigest(value: string): boolean {
  return /^[0-9a-f]{64}$/.test(value);
}
