import { expect, test } from "vitest";
import { aKey, aProvider } from "../api/samples";
import { countsSentence, stateCounts, usableCount } from "./counts";

const keys = [aKey(), aKey({ state: "rejected" }), aKey({ state: "out_of_credit" }), aKey()];

test("counts list the states that occur, and the two that come and go", () => {
  expect(stateCounts(keys)).toEqual([
    { state: "usable", count: 2 },
    { state: "resting", count: 0 },
    { state: "out_of_credit", count: 1 },
    { state: "rejected", count: 1 },
  ]);
});

test("counts read as a sentence", () => {
  expect(countsSentence(stateCounts(keys))).toBe("2 usable, 0 resting, 1 out of credit, 1 rejected");
});

test("a provider's usable keys are counted", () => {
  expect(usableCount(aProvider({ keys }))).toBe(2);
});
