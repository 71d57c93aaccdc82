import { formatCount, InputError } from '../errors.js';
import { type NumberArray, quoteName } from './arrays.js';

/** Most numbers: JSON takes many bytes per number, and its parser more. */
const MOST_NUMBERS = 4_000_000;
const LARGEST_FILE = 2 ** 28;
const DEEPEST = 8;
const MOST_ARRAYS = 1000;

/** Punctuation, a string, or a word: a number, or NaN and Infinity as Python writes them. */
const TOKEN = /[ \t\r\n]*(?:([[\]{}:,])|"((?:[^"\\]|\\.){0,1000})"|(-?[\w.][\w.+-]{0,50}))/y;
const END = /[ \t\r\n]*$/y;
const NUMBER = /^-?\d+(\.\d+)?([eE][-+]?\d+)?$/;
const SPECIAL: Record<string, number> = {
  NaN: NaN,
  nan: NaN,
  Infinity: Infinity,
  inf: Infinity,
  '-Infinity': -Infinity,
  '-inf': -Infinity,
};

/**
 * Reads arrays of numbers from JSON: `{"W1": [[0.1, …], …], "b1": […]}`. Objects may be nested; the names of their
 * arrays are joined by "/". Values that are text, true, false or null are skipped. NaN and the infinities may be bare
 * words, as Python writes them, or strings. Numbers are stored as they are parsed, so memory is that of the text and
 * the arrays.
 *
 * @param name the file's name in messages
 * @throws InputError if the file is not JSON, an array is ragged, or it is larger than 256 MiB or 4,000,000 numbers
 */
export function readJsonArrays(bytes: Uint8Array, name: string): Map<string, NumberArray> {
  if (bytes.length > LARGEST_FILE) throw tooLarge(name);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const arrays = new Map<string, NumberArray>();
  let at = text.startsWith('\u00ef\u00bb\u00bf') ? 3 : 0; // a byte order mark
  let left = MOST_NUMBERS;

  const fail = (why: string) => new InputError(`${name} is not JSON of arrays, at character ${at + 1}: ${why}`);

  /** The next token: one character of punctuation, or a string (`text`), or a word. */
  function next() {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) {
      const rest = text.slice(at, at + 60).trimStart();
      throw fail(rest === '' ? 'it ends too early' : `${quoteName(rest.slice(0, 12))} was not expected`);
    }
    const [, mark, string, word] = match;
    return { mark, string, word, end: TOKEN.lastIndex };
  }

  function expect(...marks: string[]): string {
    const token = next();
    if (token.mark === undefined || !marks.includes(token.mark)) {
      throw fail(`${marks.join(' or ')} is missing`);
    }
    at = token.end;
    return token.mark;
  }

  function readObject(path: string, depth: number): void {
    if (depth > DEEPEST) throw fail(`objects lie more than ${DEEPEST} deep`);
    if (next().mark === '}') return void expect('}');
    do {
      const { string, end } = next();
      if (string === undefined) throw fail('a name in "quotes" is missing');
      at = end;
      expect(':');
      readValue(path + unescape(string), depth);
    } while (expect(',', '}') === ',');
  }

  function readValue(key: string, depth: number): void {
    const { mark, string, word, end } = next();
    if (mark !== undefined && mark !== '{' && mark !== '[') throw fail(`a value of ${quoteName(key)} is missing`);
    at = end;
    if (mark === '{') return readObject(`${key}/`, depth + 1);
    const number = mark === undefined ? numberOf(word ?? string!) : undefined;
    if (mark === undefined && number === undefined) {
      if (string === undefined && !['true', 'false', 'null'].includes(word!))
        throw fail(`${quoteName(word!)} is no value`);
      return;
    }
    if (arrays.has(key)) throw fail(`${quoteName(key)} is there twice`);
    if (arrays.size === MOST_ARRAYS)
      throw fail(`it holds more than ${MOST_ARRAYS} arrays and numbers: keep the gradients`);
    arrays.set(key, number === undefined ? readArray(key) : { shape: [], data: Float64Array.of(number) });
  }

  /** The rest of an array whose first bracket has been read, with all its nested arrays. */
  function readArray(key: string): NumberArray {
    const ragged = (a: number, b: number) => fail(`${quoteName(key)} is ragged: it has rows of ${a} and of ${b}`);
    const shape: number[] = []; // by depth, known once an array of that depth has ended
    const counts = [0]; // elements of each open array
    let leaf: number | undefined; // the depth of the numbers
    let data = new Float64Array(1024);
    let length = 0;
    for (let mayEnd = true; counts.length > 0;) {
      const depth = counts.length - 1;
      const { mark, string, word, end } = next();
      if (mark === ']' && mayEnd) {
        shape[depth] ??= counts[depth];
        if (shape[depth] !== counts[depth]) throw ragged(shape[depth], counts[depth]);
        counts.pop();
      } else if (mark === '[') {
        if (leaf !== undefined && depth >= leaf)
          throw fail(`${quoteName(key)} has an array where a number was expected`);
        if (depth + 1 >= DEEPEST) throw fail(`${quoteName(key)} has more than ${DEEPEST} axes`);
        counts[depth]++;
        counts.push(0);
        at = end;
        mayEnd = true;
        continue;
      } else {
        const number = mark === undefined ? numberOf(word ?? string!) : undefined;
        if (number === undefined) throw fail(`${quoteName(mark ?? word ?? string!)} in ${quoteName(key)} is no number`);
        leaf ??= depth;
        if (depth !== leaf) throw fail(`${quoteName(key)} has a number where an array was expected`);
        if (left-- === 0) throw tooLarge(name);
        if (length === data.length) data = grown(data);
        data[length++] = number;
        counts[depth]++;
      }
      at = end;
      mayEnd = true;
      if (counts.length === 0) break;
      if (next().mark === ',') {
        expect(',');
        mayEnd = false;
      } else if (next().mark !== ']') throw fail(', or ] is missing');
    }
    return { shape, data: data.subarray(0, length) };
  }

  if (next().mark !== '{') throw fail('it should begin with {');
  expect('{');
  readObject('', 1);
  END.lastIndex = at;
  if (!END.test(text)) throw fail('more follows after the last }');
  return arrays;
}

function numberOf(text: string): number | undefined {
  if (NUMBER.test(text)) return Number(text);
  return Object.hasOwn(SPECIAL, text) ? SPECIAL[text] : undefined;
}

/** Unescapes a name, and decodes it as UTF-8: to save memory, the text was decoded as one byte per character. */
function unescape(string: string): string {
  const utf8 = Buffer.from(string, 'latin1').toString('utf8');
  try {
    return JSON.parse(`"${utf8}"`) as string;
  } catch {
    return utf8;
  }
}

function grown(data: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * data.length);
  larger.set(data);
  return larger;
}

function tooLarge(name: string): InputError {
  return new InputError(`${name} holds more than ${formatCount(MOST_NUMBERS)} numbers: save them with np.savez`);
}

/** An opening or closing bracket, or a string with the colon that follows a name. */
const JSON_PART = /([[{])|([\]}])|("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?/g;

/**
 * The first name that occurs twice in an object of a JSON text, if any. `JSON.parse` silently uses the last value, and
 * another reader may use the first.
 *
 * @param json a text that `JSON.parse` accepts
 */
export function duplicateKey(json: string): string | undefined {
  const open: Set<string>[] = []; // the names so far of each enclosing object; empty for a list
  for (const [, opening, closing, string, colon] of json.matchAll(JSON_PART)) {
    if (opening) open.push(new Set());
    else if (closing) open.pop();
    else if (colon) {
      const names = open.at(-1)!;
      const name = JSON.parse(string) as string;
      if (names.has(name)) return name;
      names.add(name);
    }
  }
  return undefined;
}
