import type { Rotation } from "../api/types";
import { text } from "../messages";
import { countdown, duration } from "./time";

/** The sentence of the page head; the tray says the same one. */
export function headSentence(rotation: Rotation, nowMs: number): string {
  const { sentence, next_back_at_ms } = rotation;
  if (next_back_at_ms === null || next_back_at_ms <= nowMs || rotation.paused) return sentence;
  return text("rotation.sentence", { sentence, time: countdown(next_back_at_ms, nowMs) });
}

/** When a lost connection is tried again; the page head says it in place of the state. */
export function retrySentence(retryAtMs: number | null, nowMs: number): string {
  if (retryAtMs === null || retryAtMs <= nowMs) return text("lost.trying");
  return text("lost.retryIn", { time: duration(retryAtMs - nowMs) });
}

/** The port of a base URL, also when it is the scheme's own. */
export function portOf(baseUrl: string): string {
  const url = new URL(baseUrl);
  return url.port || (url.protocol === "https:" ? "443" : "80");
}
