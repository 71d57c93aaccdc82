import { framesNote, shapesNote, unsureNote } from '#src/pictures/notes.js';

test('the note on an unsure answer has the two most probable digits, in whole percent', () => {
  const probabilities = [0.05, 0, 0.1, 0.08, 0, 0.31, 0.36, 0.1, 0, 0];
  expect(unsureNote(probabilities)).toEqual({
    kind: 'unsure',
    text: 'unsure: 6 (36 %) or 5 (31 %)',
    candidates: [
      { digit: 6, probability: 0.36 },
      { digit: 5, probability: 0.31 },
    ],
  });
  expect(unsureNote([0.6, 0.4])).toBeUndefined();
  expect(unsureNote([1])).toBeUndefined();
});

test('the note on frames appears from two frames on', () => {
  expect(framesNote(1)).toEqual([]);
  expect(framesNote(12)).toEqual([{ kind: 'frames', count: 12, text: 'the first of 12 frames' }]);
});

test.each<[string, string[], number | undefined]>([
  ['one shape', ['####......', '####......'], undefined],
  ['two that lie apart', ['####..####', '####..####'], 2],
  ['one with a dot', ['####......', '####.....#'], undefined],
  ['one within another', ['##########', '#........#', '#..####..#', '#........#', '##########'], 2],
  ['strokes whose boxes overlap', ['##..#.....', '##..#.....', '....#.....', '.####.....'], undefined],
])('%s', (_, drawing, count) => {
  const ink = Float64Array.from(drawing.join(''), (pixel) => (pixel === '#' ? 1 : 0));
  expect(shapesNote({ ink, rows: drawing.length, columns: 10 })?.count).toBe(count);
});
