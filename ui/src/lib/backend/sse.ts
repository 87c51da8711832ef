export interface ServerEvent {
  event: string;
  data: string;
}

interface Pending {
  event: string;
  data: string[];
}

/** Splits a text/event-stream into events, wherever its chunks were cut. Comments and unknown fields are dropped. */
export class EventStreamParser {
  #rest = "";
  #pending: Pending = { event: "", data: [] };

  /** Takes the next piece of text and returns the events it completed. */
  push(chunk: string): ServerEvent[] {
    const text = this.#rest + chunk;
    // A trailing CR may be the first half of CRLF, so it waits for the next chunk.
    const end = text.endsWith("\r") ? text.length - 1 : text.length;
    const lines = text.slice(0, end).split(/\r\n|\n|\r/);
    this.#rest = (lines.pop() ?? "") + text.slice(end);
    return lines.flatMap((line) => this.#line(line));
  }

  #line(line: string): ServerEvent[] {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.#pending.event = value;
    if (field === "data") this.#pending.data.push(value);
    return [];
  }

  #dispatch(): ServerEvent[] {
    const { event, data } = this.#pending;
    this.#pending = { event: "", data: [] };
    return data.length === 0 ? [] : [{ event: event || "message", data: data.join("\n") }];
  }
}
