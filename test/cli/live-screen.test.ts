import { openLiveScreen } from '#src/cli/terminal.js';

/* eslint-disable no-control-regex -- terminals are driven by control characters */

/** Lines of a terminal that knows what the live screen uses: cursor up, return, newline, erase line, erase below. */
function terminal(columns: number, rows: number) {
  const lines = ['before', ''];
  let at = 1;
  const stream = {
    isTTY: true,
    columns,
    rows,
    write(text: string) {
      for (const [token] of text.matchAll(/\u001b\[\d*[AKJ]|[\r\n]|[^\r\n\u001b]+/g)) {
        if (token.endsWith('A') && token.startsWith('\u001b')) at -= Number(token.slice(2, -1));
        else if (token === '\n') lines[++at] ??= '';
        else if (token === '\u001b[K') lines[at] = lines[at].trimEnd();
        else if (token === '\u001b[J') lines.splice(at, Infinity, '');
        else if (token !== '\r') lines[at] = token;
      }
      return true;
    },
  };
  return { stream: stream as unknown as NodeJS.WriteStream, lines, at: () => at };
}

test('a picture takes the place of the one before it, and nothing else', () => {
  const { stream, lines, at } = terminal(80, 24);
  const screen = openLiveScreen(stream);
  screen.show(['bar 1', 'curve', 'axis']);
  expect(lines).toEqual(['before', 'bar 1', 'curve', 'axis', '']);
  screen.show(['bar 2']);
  expect(lines).toEqual(['before', 'bar 2', '']);
  screen.show(['bar 3', 'curve']);
  expect(lines).toEqual(['before', 'bar 3', 'curve', '']);
  expect(at()).toBe(3); // below the picture, whatever happens next
});

test('lines that a narrower terminal has broken are counted as the rows that they take', () => {
  const { stream, at } = terminal(80, 24);
  const screen = openLiveScreen(stream);
  screen.show(['x'.repeat(50), 'y'.repeat(10)]);
  const written: string[] = [];
  Object.assign(stream, { columns: 20, write: (text: string) => written.push(text) });
  screen.show(['bar']);
  expect(written[0].startsWith('\u001b[4A\r')).toBe(true); // 3 rows and 1
  expect(at()).toBe(3);
});
