import { expect, test } from "vitest";
import { aKey } from "../api/samples";
import type { Key } from "../api/types";
import { keyFacts, keyStory } from "./story";

const NOW = new Date(2026, 10, 20, 14, 32, 30).getTime();

test.each<[string, Partial<Key>, string]>([
  ["serves", { serving: true, in_flight: 1 }, "Serves now, 1 request in flight."],
  ["is next", { next: true }, "Would serve the next request."],
  ["is usable", {}, "Takes requests."],
  ["rests", { state: "resting", until_ms: NOW + 42_000, provenance: "said" }, "Resting. Takes requests again in 0:42, at 14:33:12."],
  ["rests by guess", { state: "resting", until_ms: NOW + 5_000, provenance: "guessed" }, "Resting. Takes requests again in ~0:05, at 14:32:35."],
  ["is tried", { state: "resting", until_ms: NOW, provenance: "guessed" }, "Resting by guess. The next request tries it again."],
  ["rests without end", { state: "resting" }, "Resting. Keywheel tries it again by itself."],
  ["is spent", { state: "spent", until_ms: NOW + 7_200_000 }, "Its budget is used up. Resets in 2 h 00, at 16:32:30."],
  ["is spent without end", { state: "spent" }, "Its budget is used up."],
  ["is off", { state: "off" }, "Switched off by you. It takes no requests."],
])("the story of a key that %s", (_, over, expected) => {
  const story = keyStory(aKey(over), NOW);
  expect(story.map((part) => part.text).join("")).toBe(expected);
});

test("the facts are those that are known", () => {
  const key = aKey({ state: "resting", reason: "429 · retry-after: 58", since_ms: NOW - 16_000, provenance: "said" });
  expect(keyFacts(key, NOW)).toEqual([
    { term: "Why", detail: "429 · retry-after: 58" },
    { term: "Since", detail: "14:32:14" },
    { term: "Said by", detail: "the provider" },
  ]);
  expect(keyFacts(aKey(), NOW)).toEqual([]);
});
