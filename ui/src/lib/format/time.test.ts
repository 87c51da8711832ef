import { describe, expect, test } from "vitest";
import { countdown, duration, timeOfDay } from "./time";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe("duration", () => {
  test.each([
    [-5, "0:00"],
    [0, "0:00"],
    [1, "0:01"],
    [42_000, "0:42"],
    [41_001, "0:42"],
    [12 * MINUTE + 5_000, "12:05"],
    [HOUR - 1, "1 h 00"],
    [3 * HOUR + 12 * MINUTE, "3 h 12"],
    [18 * HOUR + 28 * MINUTE + 59_000, "18 h 28"],
    [52 * HOUR, "2 d 4 h"],
  ])("of %i ms is %s", (ms, expected) => {
    expect(duration(ms)).toBe(expected);
  });
});

describe("countdown", () => {
  test("marks a guess", () => {
    expect(countdown(17_000, 0, true)).toBe("~0:17");
    expect(countdown(17_000, 0)).toBe("0:17");
  });

  test("stops at zero", () => {
    expect(countdown(0, 9_000)).toBe("0:00");
  });
});

describe("timeOfDay", () => {
  const now = new Date(2026, 10, 20, 14, 32, 30).getTime();

  test("shows seconds when near", () => {
    expect(timeOfDay(now + 42_000, now)).toBe("14:33:12");
  });

  test("shows the day when far", () => {
    expect(timeOfDay(now + 48 * HOUR, now)).toMatch(/^Sun.* 14:32$/);
  });
});
