import { openRows } from '#src/cli/rows.js';

/* eslint-disable no-control-regex -- terminals are driven by control characters */

/** A terminal with the sequences that cli-progress sends: cursor up, column, newline, erase line, erase below. */
function terminal(columns: number, rows: number) {
  const lines = ['before', ''];
  const written: string[] = [];
  let at = 1;
  const stream = {
    isTTY: true,
    columns,
    rows,
    write(text: string) {
      written.push(text);
      for (const [token] of text.matchAll(/\u001b\[\d*[A-K]|[\r\n]|[^\r\n\u001b]+/g)) {
        if (/^\u001b.*A$/.test(token)) at -= Number(token.slice(2, -1));
        else if (token === '\n') lines[++at] ??= '';
        else if (token === '\u001b[J') lines.splice(at, Infinity, '');
        else if (!/^\u001b|\r/.test(token)) lines[at] = token;
      }
      return true;
    },
  };
  return { stream: stream as unknown as NodeJS.WriteStream, lines, written, at: () => at };
}

/** Rows with a picture that can be set. */
function open(columns: number, rows: number) {
  const screen = terminal(columns, rows);
  let picture: string[] = [];
  const drawn = openRows(screen.stream, () => picture);
  const show = (...lines: string[]) => {
    picture = lines;
    drawn.draw();
  };
  return { ...screen, ...drawn, show };
}

test('a picture replaces the previous one, and nothing else', () => {
  const { lines, at, show, end } = open(80, 24);
  show('bar 1', 'curve', 'axis');
  expect(lines).toEqual(['before', 'bar 1', 'curve', 'axis', '']);
  show('bar 2');
  expect(lines).toEqual(['before', 'bar 2', '']);
  show('bar 3', 'curve');
  expect(lines).toEqual(['before', 'bar 3', 'curve', '']);
  expect(at()).toBe(3); // below the picture
  end();
  expect([lines, at()]).toEqual([['before', 'bar 3', 'curve', ''], 3]);
});

test('a note after the end is a line below, and nothing is drawn any more', async () => {
  const { lines, written, show, note, end } = open(20, 24);
  show('bar 1');
  end();
  note('모델');
  expect(lines).toEqual(['before', 'bar 1', '모델', '']);
  const count = written.length;
  await new Promise((resolve) => setTimeout(resolve, 600)); // three times the interval of the display
  expect(written.length).toBe(count);
});

test('notes are above the picture, with wide characters too', () => {
  const { lines, show, note, end } = open(20, 24);
  show('bar 1', 'curve');
  note('모델이 저장되었습니다, and a long path');
  show('bar 2');
  note('second');
  expect(lines).toEqual(['before', '모델이 저장되었습니다, and a long path', 'second', 'bar 2', '']);
  end();
});

test('text that the shell wrote while the process was stopped is kept', () => {
  const { lines, stream, show, end } = open(80, 24);
  show('bar 1', 'curve');
  stream.write('[1]+  Stopped\n');
  process.emit('SIGCONT', 'SIGCONT');
  show('bar 2');
  expect(lines).toEqual(['before', 'bar 1', 'curve', '[1]+  Stopped', 'bar 2', '']);
  end();
  expect(process.listenerCount('SIGCONT')).toBe(0);
});

test('lines that a narrower terminal wraps are counted as the rows that they occupy', () => {
  const { stream, written, show, end } = open(80, 24);
  show('x'.repeat(50), 'y'.repeat(10));
  Object.assign(stream, { columns: 20 });
  show('bar');
  expect(written.at(-1)!.startsWith('\u001b[4A')).toBe(true); // 3 rows of the picture, and 1
  end();
});

test('every size of terminal works', () => {
  const { stream, written, show, end } = open(80, 24);
  show('1', '2', '3');
  Object.assign(stream, { columns: 1, rows: 1 });
  show('bar');
  expect(written.at(-1)).not.toContain('A');
  end();
});

test('the timer draws too, and ends', async () => {
  const { written, end } = open(80, 24);
  while (written.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  end();
  const count = written.length;
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(written).toHaveLength(count);
});
