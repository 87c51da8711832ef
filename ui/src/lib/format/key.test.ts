import { describe, expect, test } from "vitest";
import { aKey } from "../api/samples";
import type { Key } from "../api/types";
import { keyFace, waitShare } from "./key";

const NOW = 100_000;
const P = "\u202f%";

function check(over: Partial<Key>, expected: Partial<ReturnType<typeof keyFace>>) {
  expect(keyFace(aKey(over), NOW)).toMatchObject(expected);
}

describe("keyFace", () => {
  test("of a usable key shows what is left", () => {
    check(
      { headroom: { share: 0.64, unit: "tokens", window: "minute" } },
      { tone: "usable", value: `64${P}`, word: "tok/min", bar: { kind: "level", share: 0.64 }, name: `64${P} of its tokens left` },
    );
  });

  test("of a budget whose window nobody said", () => {
    check({ headroom: { share: 0.5, unit: "requests", window: "unknown" } }, { word: "req left" });
  });

  test("of a usable key without a known budget", () => {
    check({}, { tone: "usable", value: "Ready", word: "", bar: { kind: "none", share: 0 }, name: "usable" });
  });

  test("of the next key says so", () => {
    check({ next: true }, { word: "next", name: "usable, would serve next" });
  });

  test("of a serving key counts its requests", () => {
    check({ serving: true, in_flight: 2 }, { tone: "now", value: "Serving", word: "2 now" });
  });

  test("of a resting key counts down", () => {
    check(
      { state: "resting", since_ms: NOW - 16_000, until_ms: NOW + 42_000, provenance: "said" },
      { tone: "resting", value: "0:42", word: "said", name: "resting, back in 0:42, said" },
    );
  });

  test("of a guess that ran out is probing", () => {
    check({ state: "resting", until_ms: NOW, provenance: "guessed" }, { value: "~0:00", word: "probing" });
  });

  test("of a measured rest that ran out keeps its word", () => {
    check({ state: "resting", until_ms: NOW, provenance: "measured" }, { value: "0:00", word: "measured" });
  });

  test("of a spent key shows the reset", () => {
    check({ state: "spent", until_ms: NOW + 11_520_000, provenance: "said" }, { tone: "spent", value: "3 h 12", bar: { kind: "stub", share: 0 } });
  });

  test.each([
    ["429 · retry-after: 58", "429"],
    ["401 · invalid key", "401"],
    ["refused", "Refused"],
    [null, "Refused"],
  ])("of a rejected key with reason %s shows %s", (reason, value) => {
    check({ state: "rejected", reason }, { tone: "rejected", value, word: "replace" });
  });

  test.each([
    ["out_of_credit", "No credit"],
    ["off", "Off"],
  ] as const)("of %s is %s", (state, value) => {
    check({ state }, { value });
  });
});

describe("waitShare", () => {
  test.each([
    ["half over", NOW - 10_000, NOW + 10_000, 0.5],
    ["over", NOW - 10_000, NOW, 0],
    ["of unknown beginning", null, NOW + 5_000, 1],
    ["begun later than our clock thinks", NOW + 1_000, NOW + 5_000, 1],
  ])("of a rest %s", (_, since_ms, until_ms, share) => {
    expect(waitShare(aKey({ state: "resting", since_ms, until_ms }), NOW)).toBe(share);
  });
});
