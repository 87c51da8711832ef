import { describe, expect, test } from "vitest";
import { parts, plural, text } from "./messages";

describe("messages", () => {
  test("fill their placeholders", () => {
    expect(text("engine.port", { port: "8000", uptime: "4 h 06" })).toBe("port 8000 · 4 h 06");
  });

  test("show numbers with separators", () => {
    expect(text("rotation.ofUsable", { total: 1284 })).toBe("of 1,284 usable");
  });

  test("leave a forgotten placeholder visible", () => {
    expect(text("rotation.ofUsable")).toBe("of {total} usable");
  });

  test("come in pieces so that values can be bold", () => {
    expect(parts("rotation.nextBack", { time: "0:17" })).toEqual([
      { text: "next back ", placeholder: null },
      { text: "0:17", placeholder: "time" },
    ]);
  });

  test.each([
    [0, "0 requests"],
    [1, "1 request"],
    [1200, "1,200 requests"],
  ])("choose the plural form for %i", (count, expected) => {
    expect(plural("tape.requests", count)).toBe(expected);
  });
});
