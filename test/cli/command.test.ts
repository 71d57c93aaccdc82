import { printable } from '#src/errors.js';
import { version } from '#src/files/read.js';
import { note, print, printError, printJson, terminalText, type Cli } from '#src/cli/command.js';

/** Every character that controls a terminal, or that hides or reorders text. */
const HOSTILE = [
  ...Array.from({ length: 0x20 }, (_, code) => code),
  ...Array.from({ length: 0x21 }, (_, i) => 0x7f + i),
  ...[0x61c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e, 0x2066, 0x2069, 0xfeff, 0xdc80],
].map((code) => String.fromCharCode(code));

function streams() {
  const written = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => ({ write: (text: string) => (written[name] += text) });
  return {
    written,
    cli: {
      out: stream('out'),
      err: stream('err'),
      language: 'en',
      quiet: false,
      translate: (text: string) => text,
    } as unknown as Cli,
  };
}

test.each(HOSTILE)('%j is escaped in every stream', (character) => {
  const escaped = `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  expect(printable(`a${character}b`)).toBe(`a${escaped}b`);
  const { written, cli } = streams();
  printError(cli, `a${character}b`);
  expect(written.err).toBe(`gd-train: a${escaped}b\n`);
  if (character === '\n') return; // results and notes may have several lines
  print(cli, `a${character}b`);
  note(cli, `c${character}d`);
  expect(written).toEqual({ out: `a${escaped}b\n`, err: `gd-train: a${escaped}b\nc${escaped}d\n` });
});

test('JSON keeps its meaning and has no raw control character', () => {
  const { written, cli } = streams();
  const value = { [HOSTILE.join('')]: HOSTILE.join('') };
  printJson(cli, value);
  expect(JSON.parse(written.out)).toEqual({ ...value, version: version(), platform: process.platform });
  expect([...written.out.slice(0, -1)].filter((character) => HOSTILE.includes(character))).toEqual([]);
});

test('a number that JSON cannot express becomes a word', () => {
  const { written, cli } = streams();
  printJson(cli, { a: NaN, b: [-Infinity, 1], c: Float64Array.of(Infinity) });
  expect(JSON.parse(written.out)).toMatchObject({ a: 'NaN', b: ['-Infinity', 1], c: ['Infinity'] });
});

test('colours of the program are kept, other sequences are escaped', () => {
  expect(terminalText('\u001b[31mred\u001b[39m\nnext')).toBe('\u001b[31mred\u001b[39m\nnext');
  expect(terminalText('\u001b[2J\u001b]0;title\u0007')).toBe('\\u001b[2J\\u001b]0;title\\u0007');
});

test('ordinary text of any language is not changed', () => {
  const text = 'Größe, 주피터 노트북, ∂L/∂w, x₀² − 1, 🙂';
  expect(printable(text)).toBe(text);
});
