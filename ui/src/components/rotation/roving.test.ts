import { expect, test } from "vitest";
import { moved } from "./roving";

/** Two lines of three and a last one with a single cell under the third column. */
const boxes = [0, 1, 2, 3, 4, 5, 6].map((index) => {
  const column = index === 6 ? 2 : index % 3;
  return { left: column * 100, right: column * 100 + 90, top: Math.floor(index / 3) * 60 };
});

test.each([
  ["ArrowRight", 0, 1],
  ["ArrowRight", 2, 3],
  ["ArrowRight", 6, null],
  ["ArrowLeft", 0, null],
  ["ArrowLeft", 3, 2],
  ["ArrowDown", 1, 4],
  ["ArrowDown", 3, 6],
  ["ArrowDown", 6, null],
  ["ArrowUp", 6, 5],
  ["ArrowUp", 1, null],
  ["Home", 4, 0],
  ["End", 4, 6],
  ["a", 4, null],
])("%s from cell %i leads to %s", (keyName, current, expected) => {
  expect(moved(keyName, current, boxes)).toBe(expected);
});
