/** A point on a drawing pad, as fractions of its sides from the upper left. */
export type Place = readonly [right: number, down: number];

/** The ten digits as drawn by hand: a list of strokes, each a line through points. */
export const DIGITS: readonly (readonly (readonly Place[])[])[] = [
  [arc([0.5, 0.5], [0.24, 0.36], -90, 270)],
  [
    [
      [0.52, 0.12],
      [0.48, 0.88],
    ],
  ],
  [[...arc([0.5, 0.33], [0.22, 0.2], -170, 40), [0.28, 0.86], [0.76, 0.86]]],
  [[...arc([0.46, 0.3], [0.22, 0.18], -150, 90), ...arc([0.46, 0.68], [0.24, 0.2], -90, 150)]],
  [
    [
      [0.36, 0.12],
      [0.28, 0.55],
      [0.72, 0.55],
    ],
    [
      [0.64, 0.2],
      [0.62, 0.88],
    ],
  ],
  [[[0.7, 0.14], [0.36, 0.14], [0.33, 0.46], ...arc([0.47, 0.65], [0.22, 0.22], -110, 140)]],
  [[[0.6, 0.12], [0.42, 0.35], ...arc([0.5, 0.67], [0.18, 0.2], 180, -180)]],
  [
    [
      [0.28, 0.16],
      [0.72, 0.16],
      [0.45, 0.88],
    ],
  ],
  [arc([0.5, 0.31], [0.17, 0.18], -420, -60), arc([0.5, 0.68], [0.2, 0.2], -90, 270)],
  [[...arc([0.5, 0.33], [0.18, 0.2], 0, 360), [0.66, 0.6], [0.6, 0.88]]],
];

/** An arc of an ellipse; angles in degrees, clockwise from the right. */
function arc([right, down]: Place, [wide, tall]: Place, from: number, to: number): Place[] {
  const corners = 16;
  return Array.from({ length: corners + 1 }, (_, i): Place => {
    const angle = ((from + ((to - from) * i) / corners) * Math.PI) / 180;
    return [right + wide * Math.cos(angle), down + tall * Math.sin(angle)];
  });
}
