import { readFileSync } from 'node:fs';
import { packingNote } from '../report/packing-note.js';
import type { ReportData } from '../report/report-data.js';
import { reportPage } from '../report/report-page.js';
import { writeWhole } from '../training/save-file.js';
import { note, type Cli, type CommonOptions } from './cli.js';
import { collectReport, type ReportSource } from './collect-report.js';

/** A report that was written. */
export interface WrittenReport {
  readonly data: ReportData;
  readonly bytes: number;
}

/**
 * Measures a net and writes the page about it.
 *
 * @param output a file, or undefined for standard output
 */
export function writeReport(
  cli: Cli,
  options: CommonOptions,
  output: string | undefined,
  source: ReportSource,
): WrittenReport {
  const data = collectReport(source);
  const page = Buffer.from(reportPage(data, { script: asset('page.js'), style: asset('page.css') }));
  if (output === undefined) cli.out.write(page);
  else writeWhole(output, page);
  for (const text of [packingNote(data), ...data.notes]) if (text !== undefined) note(cli, options, text);
  note(cli, options, `${output ?? 'the report'}: ${(page.length / 1e6).toFixed(2)} MB; open it in a browser`);
  return { data, bytes: page.length };
}

/** What the build made of src/report/page. */
function asset(name: string): string {
  return readFileSync(new URL(`../report/${name}`, import.meta.url), 'utf8');
}
