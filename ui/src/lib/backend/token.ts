const STORAGE_KEY = "keywheel.token";
const FRAGMENT = /^#token=(.+)$/;

export interface TokenPlace {
  location: Pick<Location, "hash" | "pathname" | "search">;
  history: Pick<History, "replaceState">;
  storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
}

/** The admin token of this tab: read once from the address, kept until the tab closes, never left in the address bar. */
export class Token {
  readonly #place: TokenPlace;
  #value: string | null;

  constructor(place: TokenPlace) {
    this.#place = place;
    this.#value = place.storage.getItem(STORAGE_KEY);
    const found = FRAGMENT.exec(place.location.hash)?.[1];
    if (found === undefined) return;
    place.history.replaceState(null, "", place.location.pathname + place.location.search);
    this.set(decode(found));
  }

  get value(): string | null {
    return this.#value;
  }

  set(value: string): void {
    this.#value = value;
    this.#place.storage.setItem(STORAGE_KEY, value);
  }

  forget(): void {
    this.#value = null;
    this.#place.storage.removeItem(STORAGE_KEY);
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
