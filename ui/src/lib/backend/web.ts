import type { State } from "../api/types";
import { StreamError, TOKEN_MISSING, type Backend, type Method, type Reply } from "./backend";
import { EventStreamParser } from "./sse";
import type { Token } from "./token";

const NO_TOKEN: Reply = { status: 401, body: { code: TOKEN_MISSING, message: "" } };

/** A browser in front of the headless binary: fetch with the admin token as a bearer header, never a cookie. */
export class WebBackend implements Backend {
  readonly #token: Token;
  readonly #fetch: typeof fetch;

  constructor(token: Token, fetchFunction: typeof fetch = (...call) => fetch(...call)) {
    this.#token = token;
    this.#fetch = fetchFunction;
  }

  signIn(token: string): void {
    this.#token.set(token);
  }

  async request(method: Method, path: string, body?: unknown): Promise<Reply> {
    if (this.#token.value === null) return NO_TOKEN;
    const response = await this.#send(method, path, body);
    if (response.status === 401) this.#token.forget();
    return { status: response.status, body: await parsed(response) };
  }

  subscribe(onState: (state: State) => void, onError: (error: StreamError) => void): () => void {
    const abort = new AbortController();
    this.#stream(onState, abort.signal).catch((error: unknown) => {
      if (!abort.signal.aborted) onError(asStreamError(error));
    });
    return () => abort.abort();
  }

  async #stream(onState: (state: State) => void, signal: AbortSignal): Promise<never> {
    const response = await this.#send("GET", "/api/events", undefined, signal);
    if (response.status === 401) throw new StreamError("refused", "The token was refused.");
    if (!response.ok || response.body === null) {
      throw new StreamError("unreachable", `The event stream answered ${response.status}.`);
    }
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    const parser = new EventStreamParser();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) throw new StreamError("unreachable", "The event stream ended.");
      for (const { event, data } of parser.push(decoder.decode(value, { stream: true }))) {
        if (event === "state") onState(JSON.parse(data) as State);
      }
    }
  }

  #send(method: Method, path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
    const headers = new Headers({ accept: "application/json, text/event-stream" });
    if (this.#token.value !== null) headers.set("authorization", `Bearer ${this.#token.value}`);
    if (body !== undefined) headers.set("content-type", "application/json");
    return this.#fetch(path, {
      method,
      headers,
      cache: "no-store",
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
    });
  }
}

async function parsed(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === "") return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function asStreamError(error: unknown): StreamError {
  if (error instanceof StreamError) return error;
  return new StreamError("unreachable", error instanceof Error ? error.message : String(error));
}
