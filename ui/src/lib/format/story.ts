import type { Key } from "../api/types";
import { parts, plural, text, type MessagePart } from "../messages";
import { budgetLeft, isProbing } from "./key";
import { countdown, timeOfDay } from "./time";

/** What a key does now and what happens next, in one or two sentences; the values can be set in bold. */
export function keyStory(key: Key, nowMs: number): MessagePart[] {
  if (key.serving) return plain(plural("story.serving", key.in_flight));
  switch (key.state) {
    case "usable":
      return plain(text(key.next ? "story.next" : "story.usable"));
    case "resting":
      if (isProbing(key, nowMs)) return plain(text("story.probing"));
      return key.until_ms === null ? plain(text("story.restingOpen")) : timed("story.resting", key, key.until_ms, nowMs);
    case "spent":
      return key.until_ms === null ? plain(text("story.spentOpen")) : timed("story.spent", key, key.until_ms, nowMs);
    case "out_of_credit":
      return plain(text("story.noCredit"));
    case "rejected":
      return plain(text("story.rejected"));
    case "off":
      return plain(text("story.off"));
  }
}

export interface Fact {
  term: string;
  detail: string;
}

/** The evidence behind the story, as far as it is known. */
export function keyFacts(key: Key, nowMs: number): Fact[] {
  const facts: Fact[] = [];
  if (key.reason !== null) facts.push({ term: text("fact.why"), detail: key.reason });
  if (key.since_ms !== null) facts.push({ term: text("fact.since"), detail: timeOfDay(key.since_ms, nowMs) });
  if (key.provenance !== null) facts.push({ term: text("fact.saidBy"), detail: text(`saidBy.${key.provenance}`) });
  if (key.headroom !== null) facts.push({ term: text("fact.budget"), detail: budgetLeft(key.headroom) });
  return facts;
}

function timed(message: "story.resting" | "story.spent", key: Key, untilMs: number, nowMs: number): MessagePart[] {
  const time = countdown(untilMs, nowMs, key.provenance === "guessed");
  return parts(message, { time, clock: timeOfDay(untilMs, nowMs) });
}

function plain(sentence: string): MessagePart[] {
  return [{ text: sentence, placeholder: null }];
}
