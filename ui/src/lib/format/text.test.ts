import { describe, expect, test } from "vitest";
import { monograms } from "./monogram";
import { headSentence, portOf, retrySentence } from "./sentence";
import { aRotation } from "../api/samples";

describe("headSentence", () => {
  test("ends with the live countdown", () => {
    const rotation = aRotation({ sentence: "3 of 20 keys resting", next_back_at_ms: 17_000 });
    expect(headSentence(rotation, 0)).toBe("3 of 20 keys resting · next back in 0:17");
  });

  test.each([
    ["nothing comes back", aRotation({ next_back_at_ms: null })],
    ["it is due", aRotation({ next_back_at_ms: 900 })],
    ["it is paused", aRotation({ next_back_at_ms: 17_000, paused: true })],
  ])("has no countdown when %s", (_, rotation) => {
    expect(headSentence(rotation, 1000)).toBe(rotation.sentence);
  });
});

describe("retrySentence", () => {
  test.each([
    [3_000, "Tries again in 0:03."],
    [0, "Trying again."],
    [null, "Trying again."],
  ])("for a retry at %s", (retryAtMs, expected) => {
    expect(retrySentence(retryAtMs, 0)).toBe(expected);
  });
});

describe("portOf", () => {
  test.each([
    ["http://localhost:8000/v1", "8000"],
    ["http://keywheel.test/v1", "80"],
    ["https://keywheel.test/v1", "443"],
  ])("%s", (url, port) => {
    expect(portOf(url)).toBe(port);
  });
});

describe("monograms", () => {
  test("take the first two letters", () => {
    expect(monograms(["Groq", "Gemini", "Cerebras"])).toEqual(["Gr", "Ge", "Ce"]);
  });

  test("take initials of several words", () => {
    expect(monograms(["Mistral AI"])).toEqual(["MA"]);
  });

  test("differ when the names start alike", () => {
    expect(monograms(["Groq", "Grok", "Great"])).toEqual(["Gr", "Go", "Ge"]);
  });

  test("survive odd names", () => {
    expect(monograms(["", "X", "…"])).toEqual(["?", "X", "?"]);
  });
});
