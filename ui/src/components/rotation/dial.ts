/** Geometry of the wheel: angles in degrees clockwise from the top, lengths on a 216 × 216 drawing. */
export const SIZE = 216;
export const CENTRE = SIZE / 2;
export const OUTER = 87;
export const INNER = 61;
const DEPTH = OUTER - INNER;
const KEY_GAP = 2;
const GROUP_GAP = 9;
/** Gaps may not take more of the circle than this, however many keys there are. */
const MOST_GAP_SHARE = 0.3;
const LABEL_RADIUS = 100.5;
/** Two-letter labels closer than this would touch. */
const LABEL_DISTANCE = 13;

export interface Arc {
  from: number;
  to: number;
}

/** One arc for each key of each group, in order; groups stand further apart than keys. */
export function dialArcs(groupSizes: readonly number[]): Arc[][] {
  const sizes = groupSizes.filter((size) => size > 0);
  const n_keys = sizes.reduce((sum, size) => sum + size, 0);
  if (n_keys === 0) return groupSizes.map(() => []);
  const groupGap = sizes.length > 1 ? GROUP_GAP : KEY_GAP;
  const gaps = (n_keys - sizes.length) * KEY_GAP + sizes.length * groupGap;
  const scale = Math.min(1, (360 * MOST_GAP_SHARE) / gaps);
  const width = (360 - gaps * scale) / n_keys;
  let angle = (groupGap * scale) / 2;
  return groupSizes.map((size) => {
    const arcs = Array.from({ length: size }, (_, index) => {
      const from = angle + index * (width + KEY_GAP * scale);
      return { from, to: from + width };
    });
    if (size > 0) angle += size * width + (size - 1) * KEY_GAP * scale + groupGap * scale;
    return arcs;
  });
}

export function middle(arc: Arc): number {
  return (arc.from + arc.to) / 2;
}

/** A ring segment as a path. `inset` shrinks it on all sides, for outlines. */
export function segmentPath(arc: Arc, inner: number, outer: number, inset = 0): string {
  const [r1, r2] = [inner + inset, outer - inset];
  const [in1, in2] = inSet(arc, r1, inset);
  const [out1, out2] = inSet(arc, r2, inset);
  const large = arc.to - arc.from > 180 ? 1 : 0;
  return `M${at(r2, out1)}A${r2} ${r2} 0 ${large} 1 ${at(r2, out2)}L${at(r1, in2)}A${r1} ${r1} 0 ${large} 0 ${at(r1, in1)}Z`;
}

/** The radius up to which a segment is filled at `share`. */
export function fillRadius(share: number): number {
  return INNER + DEPTH * Math.min(1, Math.max(0, share));
}

/** Up to three ticks across a resting segment: a third of the wait each. */
export function waitTicks(arc: Arc, share: number): string[] {
  const n_ticks = Math.ceil(3 * Math.min(1, Math.max(0, share)));
  const margin = (arc.to - arc.from) * 0.2;
  return Array.from({ length: n_ticks }, (_, index) => {
    const radius = INNER + 4.5 + index * 3.6;
    return `M${at(radius, arc.from + margin)}A${radius} ${radius} 0 0 1 ${at(radius, arc.to - margin)}`;
  });
}

/** A point on the drawing as "x y". */
export function at(radius: number, angle: number): string {
  const { x, y } = point(radius, angle);
  return `${x.toFixed(2)} ${y.toFixed(2)}`;
}

export function point(radius: number, angle: number): { x: number; y: number } {
  const radians = (angle * Math.PI) / 180;
  return { x: CENTRE + radius * Math.sin(radians), y: CENTRE - radius * Math.cos(radians) };
}

export interface DialLabel {
  text: string;
  x: number;
  y: number;
}

/** A label at the middle of each group; where groups are too narrow, some go without. */
export function dialLabels(groups: readonly Arc[][], texts: readonly string[]): DialLabel[] {
  let previous = -Infinity;
  return groups.flatMap((arcs, index) => {
    const [first, last] = [arcs[0], arcs.at(-1)];
    if (!first || !last) return [];
    const angle = (first.from + last.to) / 2;
    if (angle - previous < LABEL_DISTANCE) return [];
    previous = angle;
    const { x, y } = point(LABEL_RADIUS, angle);
    return [{ text: texts[index] ?? "", x, y: y + 3.5 }];
  });
}

/** The turn to `target` that is nearest to where the hand stands, so that it never goes the long way round. */
export function nearestTurn(current: number, target: number): number {
  return current + ((((target - current) % 360) + 540) % 360) - 180;
}

function inSet(arc: Arc, radius: number, inset: number): [number, number] {
  const degrees = ((inset / radius) * 180) / Math.PI;
  return [arc.from + degrees, arc.to - degrees];
}
