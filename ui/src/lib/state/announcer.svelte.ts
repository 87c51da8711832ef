const INTERVAL_MS = 1000;

/** Sentences for screen readers, at most one a second; when more arrive, the newest wins. */
export class Announcer {
  sentence = $state("");
  #waiting: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  say(sentence: string): void {
    if (this.#timer !== undefined) {
      this.#waiting = sentence;
      return;
    }
    this.sentence = sentence;
    this.#timer = setTimeout(() => this.#next(), INTERVAL_MS);
  }

  #next(): void {
    this.#timer = undefined;
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting !== null && waiting !== this.sentence) this.say(waiting);
  }
}
