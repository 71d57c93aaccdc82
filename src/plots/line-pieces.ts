import type { Place } from './chart.js';

/** How far beyond the edges a line is kept, so that it is seen to leave. */
const MARGIN = 0.05;
/** No two places nearer than this are told apart. */
const GRAIN = 1 / 2000;
/** Most segments that are drawn: a path of a million steps is a picture of some thousands. */
const MOST_SEGMENTS = 20_000;

/**
 * A line as it is drawn: what is off the chart is cut away, what is too near to be seen or was drawn before is left
 * out, and what has no place makes a gap.
 */
export function linePieces(line: readonly Place[]): Place[][] {
  const pieces: Place[][] = [];
  const drawn = new Set<string>();
  let from: Place | undefined;
  let isOpen = false;
  for (const place of line) {
    const to: Place = [near(place[0]), near(place[1])];
    if (!to.every(Number.isFinite)) {
      from = undefined;
      isOpen = false;
      continue;
    }
    if (from !== undefined) {
      if (Math.abs(to[0] - from[0]) < GRAIN && Math.abs(to[1] - from[1]) < GRAIN) continue;
      const piece = clip(from, to);
      const key = piece && segmentKey(piece);
      if (piece && !drawn.has(key!) && drawn.size < MOST_SEGMENTS) {
        drawn.add(key!);
        const isJoined = isOpen && piece[0] === from;
        if (isJoined) pieces[pieces.length - 1].push(piece[1]);
        else pieces.push([piece[0], piece[1]]);
        isOpen = piece[1] === to;
      } else isOpen = false;
    }
    from = to;
  }
  return pieces;
}

/** So far off the chart that nothing is seen of the difference, and near enough to be calculated with. */
const FAR = 1e6;
const near = (value: number) => (Number.isFinite(value) ? Math.max(-FAR, Math.min(FAR, value)) : NaN);

/** The part of a segment that is on the chart or just beyond it (Liang and Barsky 1984). */
function clip(from: Place, to: Place): [Place, Place] | undefined {
  let enter = 0;
  let leave = 1;
  for (const axis of [0, 1] as const) {
    const step = to[axis] - from[axis];
    const low = -MARGIN - from[axis];
    const high = 1 + MARGIN - from[axis];
    if (step === 0) {
      if (low > 0 || high < 0) return undefined;
      continue;
    }
    const [first, second] = step > 0 ? [low / step, high / step] : [high / step, low / step];
    enter = Math.max(enter, first);
    leave = Math.min(leave, second);
  }
  if (!(enter < leave)) return undefined;
  const along = (share: number): Place => [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])];
  return [enter === 0 ? from : along(enter), leave === 1 ? to : along(leave)];
}

function segmentKey(segment: readonly [Place, Place]): string {
  const ends = segment.map((place) => place.map((value) => Math.round(value / GRAIN)).join()).sort();
  return ends.join(' ');
}
