import { describe, expect, test } from "vitest";
import { dialArcs, dialLabels, fillRadius, nearestTurn, segmentPath, waitTicks } from "./dial";

describe("dialArcs", () => {
  test.each([[[11, 5, 2, 1, 1]], [[1]], [[3, 0, 2]], [Array.from({ length: 40 }, () => 5)]])("fill the circle without overlap: %j", (sizes) => {
    const groups = dialArcs(sizes);
    expect(groups.map((arcs) => arcs.length)).toEqual(sizes);
    const arcs = groups.flat();
    for (const [index, arc] of arcs.entries()) {
      expect(arc.to, "every key is visible").toBeGreaterThan(arc.from);
      const next = arcs[index + 1];
      if (next) expect(next.from, "no overlap").toBeGreaterThan(arc.to);
    }
    expect(arcs.at(-1)?.to).toBeLessThan(360);
    const covered = arcs.reduce((sum, arc) => sum + arc.to - arc.from, 0);
    expect(covered, "gaps stay gaps").toBeGreaterThanOrEqual(360 * 0.69);
  });

  test("of no keys are empty", () => {
    expect(dialArcs([0, 0])).toEqual([[], []]);
  });
});

test("labels too close together are left out", () => {
  const texts = Array.from({ length: 60 }, (_, index) => String(index));
  const labels = dialLabels(dialArcs(texts.map(() => 1)), texts);
  expect(labels.length).toBeGreaterThan(10);
  expect(labels.length).toBeLessThan(40);
});

test.each([
  [0, 90, 90],
  [350, 10, 370],
  [10, 350, -10],
  [730, 0, 720],
])("the hand turns from %i to %i the short way", (current, target, turned) => {
  expect(nearestTurn(current, target)).toBe(turned);
});

test("a segment is filled from the inside", () => {
  expect(fillRadius(0)).toBe(61);
  expect(fillRadius(1)).toBe(87);
  expect(fillRadius(3)).toBe(87);
});

test.each([
  [0, 0],
  [0.2, 1],
  [0.5, 2],
  [1, 3],
])("a wait of %d shows %i ticks", (share, n_ticks) => {
  expect(waitTicks({ from: 0, to: 20 }, share)).toHaveLength(n_ticks);
});

test("a segment over half of the circle takes the long arc", () => {
  expect(segmentPath({ from: 1, to: 359 }, 61, 87)).toContain(" 0 1 1 ");
});
