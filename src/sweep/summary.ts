import { type Spread, spread } from '../training/metrics.js';
import type { Run, RunRecord, RunSettings } from './record.js';

/** The settings of a run by the names of their options. */
const OPTION_NAMES = {
  learningRate: 'lr',
  hiddenSize: 'hidden',
  batchSize: 'batch',
  weightInit: 'weight-init',
  gradient: 'gradient',
  h: 'h',
  precision: 'precision',
  iterations: 'iters',
  evalEvery: 'eval-every',
  seed: 'seed',
} as const satisfies Record<keyof RunSettings, string>;

export type SettingName = (typeof OPTION_NAMES)[keyof RunSettings] | 'version' | 'data';

/** Everything in which runs may differ: settings by the names of their options, version and data set. */
type NamedSettings = Readonly<Record<SettingName, string | number>>;

/** Hexadecimal digits of a data set's digest that are shown. */
const SHORT = 8;

export function namedSettings({ settings, version, data }: Run): NamedSettings {
  const entries = Object.entries(OPTION_NAMES).map(([key, name]) => [name, settings[key as keyof RunSettings]]);
  return { ...Object.fromEntries(entries), version, data: data.train.slice(0, SHORT) } as NamedSettings;
}

/** Runs that differ in their seeds alone. */
export interface Group {
  readonly settings: NamedSettings;
  /** In order of their seeds. */
  readonly runs: readonly RunRecord[];
  /** The runs that reached their last iteration; means and deviations are taken over them. */
  readonly finished: readonly RunRecord[];
  readonly test: Spread;
  readonly train: Spread;
  /** The highest test accuracy that each run had on the way. */
  readonly peak: Spread;
  readonly loss: Spread;
  readonly seconds: Spread;
}

export const MEASURES = ['test', 'train', 'peak', 'loss', 'seconds'] as const;
type Measure = (typeof MEASURES)[number];

/** The runs in groups, ordered by descending mean test accuracy, then by ascending settings. */
export function groupRuns(records: Iterable<RunRecord>): Group[] {
  const groups = new Map<string, { settings: NamedSettings; runs: RunRecord[] }>();
  for (const record of records) {
    const settings = { ...namedSettings(record), seed: 'all' };
    const key = JSON.stringify([settings, record.data]);
    const group = groups.get(key);
    if (group) group.runs.push(record);
    else groups.set(key, { settings, runs: [record] });
  }
  return sortGroups([...groups.values()].map(measure), 'test');
}

function measure({ settings, runs }: { settings: NamedSettings; runs: RunRecord[] }): Group {
  const finished = runs.filter(({ outcome }) => outcome.notFiniteAt === null);
  const over = (value: (record: RunRecord) => number | null) =>
    spread(finished.flatMap((record) => value(record) ?? []));
  return {
    settings,
    runs: [...runs].sort((a, b) => a.settings.seed - b.settings.seed),
    finished,
    test: over(({ outcome }) => outcome.testAccuracy),
    train: over(({ outcome }) => outcome.trainAccuracy),
    peak: over(({ outcome }) => outcome.bestTestAccuracy),
    loss: over(({ outcome }) => outcome.loss),
    seconds: over(({ seconds }) => seconds),
  };
}

/** By a measure, the best first: accuracies descend, loss and seconds ascend; or by a setting, ascending. */
export function sortGroups(groups: readonly Group[], by: Measure | SettingName): Group[] {
  const isMeasure = (name: string): name is Measure => (MEASURES as readonly string[]).includes(name);
  const settings = Object.keys(groups[0]?.settings ?? {}) as SettingName[];
  const ascending = (a: Group, b: Group, name: SettingName) => compareSettings(a.settings[name], b.settings[name]);
  return [...groups].sort((a, b) => {
    const first = isMeasure(by) ? compareMeans(a[by].mean, b[by].mean, by) : ascending(a, b, by);
    return first || settings.reduce((order, name) => order || ascending(a, b, name), 0);
  });
}

/** Compares two means; a group without one, because none of its runs finished, comes last. */
function compareMeans(a: number | null, b: number | null, by: Measure): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return by === 'loss' || by === 'seconds' ? a - b : b - a;
}

/** Order of settings: numbers before words. */
export function compareSettings(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
  return a < b ? -1 : Number(a > b);
}

/** The settings of runs, generated one at a time because there may be a million. */
export function* eachNamed(runs: Iterable<Run>): Generator<NamedSettings> {
  for (const run of runs) yield namedSettings(run);
}

/** The settings that are not the same in all runs, or in all groups; the learning rate if all are the same. */
export function variedSettings(all: Iterable<NamedSettings>): SettingName[] {
  const values = new Map<SettingName, Set<string | number>>();
  for (const settings of all) {
    for (const name of Object.keys(settings) as SettingName[]) {
      const known = values.get(name);
      if (known) known.add(settings[name]);
      else values.set(name, new Set([settings[name]]));
    }
  }
  const varied = [...values].flatMap(([name, { size }]) => (size > 1 ? name : []));
  return varied.length > 0 ? varied : ['lr'];
}

/** The settings that differ between groups. */
export const groupSettings = (groups: readonly Group[]) => variedSettings(groups.map(({ settings }) => settings));

/** Some settings in words: "lr 0.1, hidden 100". */
export function describeSettings(settings: NamedSettings, names: readonly SettingName[]): string {
  return names.map((name) => `${name} ${settings[name]}`).join(', ');
}

/**
 * The number of runs of a group that became non-finite, and the earliest step at which one did; undefined if none did.
 */
export function notFiniteNote({ runs }: Group): string | undefined {
  const steps = runs.flatMap(({ outcome }) => outcome.notFiniteAt ?? []);
  if (steps.length === 0) return undefined;
  const who = runs.length === 1 ? '' : `${steps.length} of ${runs.length} `;
  return `${who}not finite at step ${Math.min(...steps)}`;
}
