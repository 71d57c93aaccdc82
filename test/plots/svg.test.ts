import { gradientDescent } from '#src/calculus/descent.js';
import { descentFigure } from '#src/plots/descent.js';
import { sweepFigure } from '#src/plots/difference.js';
import { element, pathData } from '#src/plots/svg-marks.js';
import { drawSvg } from '#src/plots/svg.js';

const f = ([x0, x1]: Float64Array) => x0 * x0 + x1 * x1;
const init = Float64Array.of(-3, 4);
const runs = [0.1, 10, 1e-10].map((learningRate) => {
  const options = { learningRate, steps: 100 };
  return { f, variables: ['x0', 'x1'], init, ...options, ...gradientDescent(f, init, options) };
});
const notebook = () => drawSvg(descentFigure('x0^2 + x1^2', runs, 1));

const hostile = `x<y & "z" > '\u0007</desc><script>`;
const zeros = () => {
  const row = { h: 0.1, value: 1, error: 0, regime: 'cancellation' } as const;
  const rounding = () => 0;
  return drawSvg(
    sweepFigure({ formula: hostile, at: 0, method: 'central', exact: 1, rows: [row], best: row, rounding }, 1),
  );
};

test('a picture has a title, a description, both axes named, start and end', () => {
  const svg = notebook();
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" /);
  expect(svg).toContain('<title id="title">Gradient descent on x0^2 + x1^2</title>');
  expect(svg).toMatch(/<desc id="desc">[^<]*from \(-3, 4\)[^<]*converged[^<]*frozen[^<]*slow/);
  for (const word of [
    '>x₀<',
    '>x₁<',
    'Gradient descent on x₀² + x₁²<',
    '>start<',
    '>end<',
    '>start, end<',
    '>−4<',
    '>10¹⁸<',
    'learning rate 0.1',
  ]) {
    expect(svg).toContain(word);
  }
  expect(svg).not.toMatch(/NaN|Infinity|undefined|(href|src)=/);
});

test('text is escaped, and characters that XML forbids are replaced', () => {
  const svg = zeros();
  expect(svg).toContain('x&#60;y &#38; &#34;z&#34; &#62; &#39;?&#60;/desc&#62;&#60;script&#62;');
  expect(svg).not.toContain('<script');
  expect(element('a', { b: '"<' }, 'c')).toBe('<a b="&#34;&#60;">c</a>');
  expect(
    pathData(
      [
        [0, 1.26],
        [-0.01, 3],
      ],
      true,
    ),
  ).toBe('M0,1.3L0,3Z');
});

test('tags are balanced', () => {
  for (const svg of [notebook(), zeros()]) {
    const open: string[] = [];
    for (const [, close, name, empty] of svg.matchAll(/<(\/?)([\w-]+)[^>]*?(\/?)>/g)) {
      if (close) expect(open.pop()).toBe(name);
      else if (!empty) open.push(name);
    }
    expect(open).toEqual([]);
  }
});
