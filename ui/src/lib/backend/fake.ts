import type { State } from "../api/types";
import { StreamError, type Backend, type Method, type Reply } from "./backend";

export interface SentRequest {
  method: Method;
  path: string;
  body: unknown;
}

interface Subscriber {
  onState: (state: State) => void;
  onError: (error: StreamError) => void;
}

/** A control plane in memory for tests: it says what it is told to and remembers what it was asked. */
export class FakeBackend implements Backend {
  state: State | null;
  readonly sent: SentRequest[] = [];
  readonly tokens: string[] = [];
  /** How many streams were ever opened. */
  n_streams = 0;
  #replies = new Map<string, Reply>();
  #subscribers = new Set<Subscriber>();

  constructor(state: State | null = null) {
    this.state = state;
  }

  /** What `path` answers from now on; without it GET answers the state and POST 204. */
  answer(path: string, reply: Reply): void {
    this.#replies.set(path, reply);
  }

  async request(method: Method, path: string, body?: unknown): Promise<Reply> {
    this.sent.push({ method, path, body });
    const prepared = this.#replies.get(path);
    if (prepared) return prepared;
    if (method === "POST") return { status: 204, body: null };
    if (this.state === null) throw new Error("nothing answers");
    return { status: 200, body: this.state };
  }

  subscribe(onState: (state: State) => void, onError: (error: StreamError) => void): () => void {
    const subscriber = { onState, onError };
    this.n_streams += 1;
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  }

  signIn(token: string): void {
    this.tokens.push(token);
    this.#replies.clear();
  }

  push(state: State): void {
    this.state = state;
    for (const { onState } of [...this.#subscribers]) onState(state);
  }

  breakStream(reason: StreamError["reason"] = "unreachable"): void {
    const subscribers = [...this.#subscribers];
    this.#subscribers.clear();
    for (const { onError } of subscribers) onError(new StreamError(reason, "broken by the test"));
  }
}
