import type { Backend, Method } from "../backend/backend";
import type { State } from "./types";

/** The control plane answered, but not with what was asked for. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The control plane's operations, one method each. Everything rejects with `ApiError` or with the backend's own error. */
export class ControlPlane {
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async state(): Promise<State> {
    return (await this.#call("GET", "/api/state")) as State;
  }

  /** Stops serving for `minutes`, or until resumed when null. */
  async pause(minutes: number | null): Promise<void> {
    await this.#call("POST", "/api/pause", { minutes });
  }

  async resume(): Promise<void> {
    await this.#call("POST", "/api/resume");
  }

  async clearHold(keyId: string): Promise<void> {
    await this.#call("POST", `/api/keys/${encodeURIComponent(keyId)}/hold:clear`);
  }

  async #call(method: Method, path: string, body?: unknown): Promise<unknown> {
    const reply = await this.#backend.request(method, path, body);
    if (reply.status >= 200 && reply.status < 300) return reply.body;
    const { code = "internal", message = "" } = (reply.body ?? {}) as { code?: string; message?: string };
    throw new ApiError(reply.status, code, message || `${method} ${path}: ${reply.status}`);
  }
}
