const FIRST_MS = 500;
/** Long enough to leave a stopped program in peace, short enough that a restart is noticed at once. */
const LONGEST_MS = 10_000;

/** How long to wait before the n-th try in a row, counted from 1. */
export function retryDelay(n_tries: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** (n_tries - 1));
}
