const THIN_GAP = "\u202f";

/** A share of 0–1 as `82 %`. Anything left rounds up to at least 1 %, anything used keeps it below 100 %. */
export function percent(share: number): string {
  const clamped = Math.min(1, Math.max(0, share));
  const rounded = Math.round(clamped * 100);
  const honest = clamped > 0 && clamped < 1 ? Math.min(99, Math.max(1, rounded)) : rounded;
  return `${honest}${THIN_GAP}%`;
}
