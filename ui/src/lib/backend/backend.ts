import type { State } from "../api/types";

export type Method = "GET" | "POST";

/** The code of a 401 that was given without asking, because there is no token to ask with. */
export const TOKEN_MISSING = "token_missing";

/** An answer of the control plane. `body` is the parsed JSON, or null when there was none. */
export interface Reply {
  status: number;
  body: unknown;
}

/** The stream of states ended: the token was refused, or the other side cannot be reached. */
export class StreamError extends Error {
  constructor(
    readonly reason: "refused" | "unreachable",
    message: string,
  ) {
    super(message);
  }
}

/** The only door to the control plane. The desktop window, the browser and the tests each have their own. */
export interface Backend {
  /** Resolves with any status; rejects when nothing answered. */
  request(method: Method, path: string, body?: unknown): Promise<Reply>;
  /** Opens one stream. After `onError` it is over; opening another is the caller's business. Returns how to close it. */
  subscribe(onState: (state: State) => void, onError: (error: StreamError) => void): () => void;
  /** Present where access needs a token: takes one typed in by the user. */
  signIn?(token: string): void;
}
