import { ApiError, ControlPlane } from "../api/client";
import type { State } from "../api/types";
import { TOKEN_MISSING, type Backend, type StreamError } from "../backend/backend";
import { Announcer } from "./announcer.svelte";
import { retryDelay } from "./backoff";
import { Clock } from "./clock.svelte";

export type Connection = "connecting" | "live" | "lost" | "signed_out";

/** Everything the window knows: the newest snapshot, whether it is current, and what the user can do about it. */
export class Live {
  snapshot = $state.raw<State | null>(null);
  connection = $state<Connection>("connecting");
  /** When the next try to connect begins, on the page's clock. */
  retryAtMs = $state<number | null>(null);
  /** A token was tried and refused. */
  tokenRefused = $state(false);
  /** What the program itself says about why it cannot serve, while connection is "lost". */
  reason = $state<string | null>(null);
  /** What went wrong with the last action, until dismissed. */
  failure = $state<string | null>(null);
  readonly announcer = new Announcer();
  readonly clock: Clock;
  readonly #backend: Backend;
  readonly #api: ControlPlane;
  #close: () => void = () => {};
  #timer: ReturnType<typeof setTimeout> | undefined;
  #n_failures = 0;
  #attempt = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
    this.#api = new ControlPlane(backend);
    this.clock = new Clock(() => {
      if (!document.hidden) this.connect();
    });
  }

  /** Begins to live; returns how to end it. */
  start(): () => void {
    this.clock.start();
    this.connect();
    return () => {
      this.#disconnect();
      this.clock.stop();
    };
  }

  /** Fetches the state and opens a new stream in place of the old one. Also the "try now" button. */
  connect(): void {
    this.#disconnect();
    const attempt = this.#attempt;
    const isCurrent = (): boolean => attempt === this.#attempt;
    this.#api.state().then(
      (state) => {
        if (!isCurrent()) return;
        this.#accept(state);
        this.#listen(isCurrent);
      },
      (error: unknown) => {
        if (!isCurrent()) return;
        if (error instanceof ApiError && error.status === 401) this.#refused(error.code !== TOKEN_MISSING);
        else this.#lost(error instanceof ApiError ? error.message : null);
      },
    );
  }

  signIn(token: string): void {
    this.#backend.signIn?.(token);
    this.connection = "connecting";
    this.connect();
  }

  pause(minutes: number | null): Promise<void> {
    return this.#act(() => this.#api.pause(minutes));
  }

  resume(): Promise<void> {
    return this.#act(() => this.#api.resume());
  }

  clearHold(keyId: string): Promise<void> {
    return this.#act(() => this.#api.clearHold(keyId));
  }

  #listen(isCurrent: () => boolean): void {
    this.#close = this.#backend.subscribe(
      (state) => {
        if (isCurrent()) this.#accept(state);
      },
      (error: StreamError) => {
        if (!isCurrent()) return;
        if (error.reason === "refused") this.#refused(true);
        else this.#lost(null);
      },
    );
  }

  #accept(state: State): void {
    this.#n_failures = 0;
    this.tokenRefused = false;
    this.connection = "live";
    this.reason = null;
    this.clock.follow(state.now_ms);
    const shown = this.snapshot;
    if (shown !== null && isOlder(state, shown)) return;
    if (shown !== null && shown.rotation.sentence !== state.rotation.sentence) this.announcer.say(state.rotation.sentence);
    this.snapshot = state;
  }

  #refused(hadToken: boolean): void {
    this.#disconnect();
    this.connection = "signed_out";
    this.tokenRefused = hadToken;
    this.snapshot = null;
  }

  #lost(reason: string | null): void {
    this.#disconnect();
    this.reason = reason;
    this.connection = "lost";
    this.#n_failures += 1;
    const delay_ms = retryDelay(this.#n_failures);
    this.retryAtMs = this.clock.nowMs + delay_ms;
    this.#timer = setTimeout(() => this.connect(), delay_ms);
  }

  async #act(action: () => Promise<void>): Promise<void> {
    this.failure = null;
    try {
      await action();
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
  }

  #disconnect(): void {
    this.#attempt += 1;
    this.#close();
    this.#close = () => {};
    clearTimeout(this.#timer);
    this.retryAtMs = null;
  }
}

/** Snapshots are whole, so numbers may be skipped; only going back within one run of the server is wrong. */
function isOlder(state: State, shown: State): boolean {
  return state.started_at_ms === shown.started_at_ms && state.sequence < shown.sequence;
}
