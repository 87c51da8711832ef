import { describe, expect, test } from "vitest";
import { EventStreamParser } from "./sse";

function all(chunks: string[]) {
  const parser = new EventStreamParser();
  return chunks.flatMap((chunk) => parser.push(chunk));
}

describe("EventStreamParser", () => {
  test("reads events", () => {
    expect(all(['event: state\ndata: {"a":1}\n\ndata:x\n\n'])).toEqual([
      { event: "state", data: '{"a":1}' },
      { event: "message", data: "x" },
    ]);
  });

  test("joins data lines and keeps inner spaces", () => {
    expect(all(["data: a\ndata:  b\ndata\n\n"])).toEqual([{ event: "message", data: "a\n b\n" }]);
  });

  test("drops comments, unknown fields and events without data", () => {
    expect(all([": keep-alive\n\nid: 7\nretry: 5\nevent: state\n\n"])).toEqual([]);
  });

  test("holds an unfinished event back", () => {
    expect(all(["event: state\ndata: 1\n"])).toEqual([]);
  });

  test.each(["\n", "\r\n", "\r"])("gives the same events wherever the stream is cut (line end %j)", (end) => {
    const stream = ["event: state", "data: one", "", ": hi", "event: state", "data: two", "data: three", "", "data: é", "", ""].join(end);
    const whole = all([`${stream}\n`]);
    expect(whole).toHaveLength(3);
    for (let cut = 1; cut < stream.length; cut += 1) {
      expect(all([stream.slice(0, cut), `${stream.slice(cut)}\n`]), `cut at ${cut}`).toEqual(whole);
    }
  });
});
