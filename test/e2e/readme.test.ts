import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { run } from '../helpers/run.js';

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const english = read('README.md');
const korean = read('README.ko.md');
const commands = read('docs/commands.md');
const PAIRS = [
  ['README.ko.md', korean, english],
  ['docs/commands.ko.md', read('docs/commands.ko.md'), commands],
] as const;

/** All code of a document, in its order: blocks of code, and code in sentences and tables. */
function codeOf(readme: string) {
  const blocks = [...readme.matchAll(/^```(sh|ts)\n(.*?)^```$/gms)].map(
    ([, , code]) => code.replaceAll(/ +#.*$/gm, ''), // the comments are translated
  );
  const spans = [...readme.replaceAll(/^```.*?^```$/gms, '').matchAll(/`([^`\n]+)`/g)].map(([, code]) => code);
  return { blocks, spans: spans.sort() };
}

test.each(PAIRS)('%s has the commands and the code of the English document', (_, translation, original) => {
  const { blocks, spans } = codeOf(translation);
  expect(blocks).toEqual(codeOf(original).blocks);
  expect(spans).toEqual(codeOf(original).spans);
  expect(spans.length).toBeGreaterThan(50);
});

test.each(PAIRS)('%s has the figures of the English document', (_, translation, original) => {
  const figuresOf = (text: string) => text.match(/\d[\d,]*\.\d+|\d{1,3}(?:,\d{3})+/g);
  expect(figuresOf(original)?.length).toBeGreaterThan(2);
  expect(figuresOf(translation)).toEqual(figuresOf(original));
});

test('the table of train equals train --help', () => {
  const table = [...commands.matchAll(/^\| `(--[a-z-]+)[ `]/gm)].map(([, option]) => option);
  const help = [...run(['train', '--help']).stdout.matchAll(/^ {2}(--[a-z-]+) /gm)]
    .map(([, option]) => option)
    .filter((option) => !['--json', '--quiet', '--debug', '--lang'].includes(option));
  expect(table.toSorted()).toEqual(help.toSorted());
});

test('every command is described', () => {
  const names = [...run([]).stdout.matchAll(/^ {2}gd ([a-z]+) /gm)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !english.includes(`| \`gd ${name}\` `))).toEqual([]);
  expect(names.filter((name) => !new RegExp(`^- \`gd(-train)? ${name}\\b`, 'm').test(commands))).toEqual([]);
});

test('every picture exists, is small, and is in both READMEs', () => {
  const picturesOf = (readme: string) => [...readme.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, path]) => path);
  const pictures = picturesOf(english);
  expect(pictures.length).toBeGreaterThan(3);
  expect(picturesOf(korean)).toEqual(pictures);
  for (const path of pictures) {
    const bytes = readFileSync(new URL(`../../${path}`, import.meta.url));
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    expect(bytes.length).toBeLessThanOrEqual(60_000);
  }
});

test('the architecture table equals the rules of lint', () => {
  const lines = english.split('\n');
  const header = lines.findIndex((line) => line.startsWith('folder '));
  const column = lines[header].indexOf('may import');
  const told: Record<string, string> = {};
  let folder = '';
  for (const line of lines.slice(header + 1, lines.indexOf('```', header))) {
    folder = /^src\/(\w+)\//.exec(line)?.[1] ?? folder;
    told[folder] = `${told[folder] ?? ''} ${line.slice(column)}`.trim();
  }
  const { forbidden } = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as {
    forbidden: { name: string; to: { pathNot?: string[] } }[];
  };
  const enforced: Record<string, string> = { cli: 'all; nothing imports it' };
  for (const { name, to } of forbidden) {
    const layer = /^layer-(\w+)$/.exec(name)?.[1];
    if (layer === undefined) continue;
    const others = (to.pathNot ?? []).flatMap((path) => /^\^src\/(\w+)\/$/.exec(path)?.[1] ?? []);
    enforced[layer] = others.filter((other) => other !== layer).join(', ') || 'nothing';
  }
  expect(told).toEqual(enforced);
});
