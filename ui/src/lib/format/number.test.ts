import { expect, test } from "vitest";
import { percent } from "./number";

test.each([
  [0, "0"],
  [0.001, "1"],
  [0.64, "64"],
  [0.999, "99"],
  [1, "100"],
  [1.7, "100"],
  [-1, "0"],
])("percent of %d", (share, expected) => {
  expect(percent(share)).toBe(`${expected}\u202f%`);
});
