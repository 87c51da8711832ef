import { expect, test } from "vitest";
import { placeBeside } from "./placement";

const popover = { width: 316, height: 240 };
const window = { width: 720, height: 480 };
const cell = { width: 100, height: 54 };

test.each([
  ["right of a cell on the left", { left: 180, top: 100 }, { left: 288, top: 100 }],
  ["left of a cell on the right", { left: 600, top: 100 }, { left: 276, top: 100 }],
  ["moved up at the lower edge", { left: 180, top: 420 }, { left: 288, top: 232 }],
])("a popover stands %s", (_, at, expected) => {
  expect(placeBeside({ ...cell, ...at }, popover, window)).toEqual(expected);
});

test("a popover stays inside a window that is too narrow for both", () => {
  expect(placeBeside({ ...cell, left: 200, top: 20 }, popover, { width: 400, height: 480 })).toEqual({ left: 76, top: 82 });
});
