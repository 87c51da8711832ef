import { LOCALE } from "../messages";

const SECOND_MS = 1000;
const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

const clock = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const clockWithDay = new Intl.DateTimeFormat(LOCALE, {
  weekday: "short",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

/** `0:42`, `12:05`, from one hour `3 h 12`, from one day `2 d 4 h`. Rounded up, so that zero means due. */
export function duration(durationMs: number): string {
  const total_s = Math.max(0, Math.ceil(durationMs / SECOND_MS));
  if (total_s < HOUR_S) return `${Math.floor(total_s / MINUTE_S)}:${twoDigits(total_s % MINUTE_S)}`;
  if (total_s < DAY_S) return `${Math.floor(total_s / HOUR_S)} h ${twoDigits(Math.floor((total_s % HOUR_S) / MINUTE_S))}`;
  return `${Math.floor(total_s / DAY_S)} d ${Math.floor((total_s % DAY_S) / HOUR_S)} h`;
}

/** The time left until `untilMs`. A guess wears a tilde. */
export function countdown(untilMs: number, nowMs: number, guessed = false): string {
  return (guessed ? "~" : "") + duration(untilMs - nowMs);
}

/** The local time of day, with the weekday when it is not within a day of now. */
export function timeOfDay(atMs: number, nowMs: number): string {
  const near = Math.abs(atMs - nowMs) < DAY_S * SECOND_MS;
  return (near ? clock : clockWithDay).format(atMs);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
