import type { LastMinute, Second } from "../api/types";

const QUIET: Second = { requests: 0, passed_on: 0, failed: 0 };

/** The minute as it looks `elapsed_s` seconds after it was told, when nothing happened since. */
export function advanced(minute: LastMinute, elapsed_s: number): LastMinute {
  const n_gone = Math.min(minute.seconds.length, Math.max(0, elapsed_s));
  if (n_gone === 0) return minute;
  const seconds = [...minute.seconds.slice(n_gone), ...Array.from({ length: n_gone }, () => QUIET)];
  return { seconds, ...totals(seconds) };
}

function totals(seconds: readonly Second[]): Second {
  return seconds.reduce(
    (sum, second) => ({
      requests: sum.requests + second.requests,
      passed_on: sum.passed_on + second.passed_on,
      failed: sum.failed + second.failed,
    }),
    QUIET,
  );
}
