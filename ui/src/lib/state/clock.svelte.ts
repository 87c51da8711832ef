const SECOND_MS = 1000;
/** Below this the difference is the network's delay, not a wrong clock; following it would make digits jump. */
const TOLERANCE_MS = 250;
/** A tick this late means that the machine slept or the page was frozen. */
const FREEZE_MS = 5000;

/** One clock for every countdown of the page. It follows the server's time and ticks on its wall-clock second. */
export class Clock {
  /** The server's time at the last tick, in Unix milliseconds on a whole second. */
  nowMs = $state(0);
  #offset_ms = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #onThaw: () => void;

  /** `onThaw` is called when ticks were missed: what is shown may be old. */
  constructor(onThaw: () => void = () => {}) {
    this.#onThaw = onThaw;
    this.nowMs = wholeSecond(this.#serverMs());
  }

  start(): void {
    this.stop();
    this.#tick();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Takes over the server's time from a message that was just received. */
  follow(serverNowMs: number): void {
    const offset_ms = serverNowMs - Date.now();
    if (Math.abs(offset_ms - this.#offset_ms) <= TOLERANCE_MS) return;
    this.#offset_ms = offset_ms;
    this.nowMs = wholeSecond(this.#serverMs());
    if (this.#timer !== undefined) this.start();
  }

  #tick(): void {
    const server_ms = this.#serverMs();
    const late_ms = server_ms - this.nowMs - SECOND_MS;
    this.nowMs = wholeSecond(server_ms);
    this.#timer = setTimeout(() => this.#tick(), SECOND_MS - (server_ms % SECOND_MS));
    if (late_ms > FREEZE_MS) this.#onThaw();
  }

  #serverMs(): number {
    return Date.now() + this.#offset_ms;
  }
}

function wholeSecond(ms: number): number {
  return Math.floor(ms / SECOND_MS) * SECOND_MS;
}
