import type { Key, KeyState, Provider } from "../api/types";
import { text } from "../messages";

const ORDER: readonly KeyState[] = ["usable", "resting", "spent", "out_of_credit", "rejected", "off"];
/** These are listed even at zero, so that the row does not jump while keys come and go. */
const ALWAYS: ReadonlySet<KeyState> = new Set<KeyState>(["usable", "resting"]);

export interface StateCount {
  state: KeyState;
  count: number;
}

export function stateCounts(keys: readonly Key[]): StateCount[] {
  return ORDER.map((state) => ({ state, count: keys.filter((key) => key.state === state).length })).filter(
    ({ state, count }) => count > 0 || ALWAYS.has(state),
  );
}

/** The counts as the middle of a sentence: "13 usable, 3 resting". */
export function countsSentence(counts: readonly StateCount[]): string {
  return counts.map(({ state, count }) => `${count} ${text(`state.${state}`)}`).join(", ");
}

export function allKeys(providers: readonly Provider[]): Key[] {
  return providers.flatMap((provider) => provider.keys);
}

export function usableCount(provider: Provider): number {
  return provider.keys.filter((key) => key.state === "usable").length;
}
