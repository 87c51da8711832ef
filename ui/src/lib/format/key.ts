import type { Headroom, Key, KeyState } from "../api/types";
import { text } from "../messages";
import { percent } from "./number";
import { countdown } from "./time";

/** How a state is coloured. `now` is the accent: serving this moment. */
export type Tone = "usable" | "now" | "resting" | "spent" | "rejected" | "off";

/** `level` is headroom, `wait` the time until back, `stub` an empty budget, `none` nothing to measure. */
export type BarKind = "level" | "wait" | "stub" | "none";

export interface Bar {
  kind: BarKind;
  /** 0–1. */
  share: number;
}

/** What a cell shows of a key: one value, one word, one bar, and all of it as a spoken name. */
export interface KeyFace {
  tone: Tone;
  value: string;
  word: string;
  bar: Bar;
  name: string;
}

const TONES: Record<KeyState, Tone> = {
  usable: "usable",
  resting: "resting",
  spent: "spent",
  out_of_credit: "spent",
  rejected: "rejected",
  off: "off",
};
const NO_BAR: Bar = { kind: "none", share: 0 };
const STUB: Bar = { kind: "stub", share: 0 };

export function toneOf(key: Key): Tone {
  return key.serving ? "now" : TONES[key.state];
}

export function keyFace(key: Key, nowMs: number): KeyFace {
  const tone = toneOf(key);
  if (key.serving) return { tone, ...serving(key) };
  switch (key.state) {
    case "usable":
      return { tone, ...usable(key) };
    case "resting":
      return { tone, ...resting(key, nowMs) };
    case "spent":
      return { tone, ...spent(key, nowMs) };
    case "out_of_credit":
      return { tone, value: text("cell.noCredit"), word: "", bar: STUB, name: text("keyName.noCredit") };
    case "rejected":
      return { tone, value: refusal(key), word: text("cell.replace"), bar: NO_BAR, name: text("keyName.rejected") };
    case "off":
      return { tone, value: text("cell.off"), word: text("cell.byYou"), bar: NO_BAR, name: text("keyName.off") };
  }
}

/** The share of a rest that is still to come, 0–1; all of it while its beginning is unknown. */
export function waitShare(key: Key, nowMs: number): number {
  if (key.until_ms === null || key.until_ms <= nowMs) return 0;
  if (key.since_ms === null || key.since_ms >= key.until_ms) return 1;
  return Math.min(1, (key.until_ms - nowMs) / (key.until_ms - key.since_ms));
}

/** A guessed rest that is over: the next request finds out. */
export function isProbing(key: Key, nowMs: number): boolean {
  return key.state === "resting" && key.provenance === "guessed" && key.until_ms !== null && key.until_ms <= nowMs;
}

export function provenanceWord(key: Key): string {
  return key.provenance === null ? "" : text(`provenance.${key.provenance}`);
}

/** What is left of a budget, in words: "64 % of its tokens left". */
export function budgetLeft(headroom: Headroom): string {
  return text("keyName.left", { percent: percent(headroom.share), budget: text(`budget.${headroom.unit}`) });
}

/** A budget in a few letters: "tok/min". */
function budgetWord(headroom: Headroom): string {
  const unit = text(`unitShort.${headroom.unit}`);
  if (headroom.window === "unknown") return text("budgetShort.left", { unit });
  return text("budgetShort.per", { unit, window: text(`windowShort.${headroom.window}`) });
}

type Face = Omit<KeyFace, "tone">;

function serving(key: Key): Face {
  const name = text("keyName.serving", { count: key.in_flight });
  const word = text("cell.now", { count: key.in_flight });
  if (key.headroom === null) return { value: text("cell.serving"), word, bar: NO_BAR, name };
  return { value: percent(key.headroom.share), word, bar: level(key.headroom), name: `${name}, ${budgetLeft(key.headroom)}` };
}

function usable(key: Key): Face {
  const next = key.next ? `, ${text("keyName.next")}` : "";
  const word = key.next ? text("cell.next") : "";
  if (key.headroom === null) return { value: text("cell.ready"), word, bar: NO_BAR, name: text("keyName.ready") + next };
  return {
    value: percent(key.headroom.share),
    word: word || budgetWord(key.headroom),
    bar: level(key.headroom),
    name: budgetLeft(key.headroom) + next,
  };
}

function resting(key: Key, nowMs: number): Face {
  const provenance = provenanceWord(key);
  if (key.until_ms === null) {
    return { value: text("cell.resting"), word: provenance, bar: { kind: "wait", share: 1 }, name: text("keyName.resting") };
  }
  const time = countdown(key.until_ms, nowMs, key.provenance === "guessed");
  const word = isProbing(key, nowMs) ? text("cell.probing") : provenance;
  const bar: Bar = { kind: "wait", share: waitShare(key, nowMs) };
  return { value: time, word, bar, name: text("keyName.restingUntil", { time, provenance: word }) };
}

function spent(key: Key, nowMs: number): Face {
  const provenance = provenanceWord(key);
  if (key.until_ms === null) return { value: text("cell.spent"), word: provenance, bar: STUB, name: text("keyName.spent") };
  const time = countdown(key.until_ms, nowMs, key.provenance === "guessed");
  return { value: time, word: provenance, bar: STUB, name: text("keyName.spentUntil", { time, provenance }) };
}

function refusal(key: Key): string {
  return /^\d{3}\b/.exec(key.reason ?? "")?.[0] ?? text("cell.refused");
}

function level(headroom: Headroom): Bar {
  return headroom.share > 0 ? { kind: "level", share: headroom.share } : STUB;
}
