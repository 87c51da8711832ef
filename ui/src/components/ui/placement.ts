export interface Placement {
  left: number;
  top: number;
}

interface Size {
  width: number;
  height: number;
}

interface Box extends Size {
  left: number;
  top: number;
}

const GAP = 8;
const MARGIN = 8;

/** Where a popover stands: beside its anchor where there is room, always whole inside the window, over the anchor only at last. */
export function placeBeside(anchor: Box, popover: Size, viewport: Size): Placement {
  const right = anchor.left + anchor.width + GAP;
  const left = anchor.left - GAP - popover.width;
  const below = anchor.top + anchor.height + GAP;
  const above = anchor.top - GAP - popover.height;
  const clampTop = clamp(anchor.top, viewport.height - popover.height);
  const clampLeft = clamp(anchor.left, viewport.width - popover.width);
  if (right + popover.width + MARGIN <= viewport.width) return { left: right, top: clampTop };
  if (left >= MARGIN) return { left, top: clampTop };
  if (below + popover.height + MARGIN <= viewport.height) return { left: clampLeft, top: below };
  return { left: clampLeft, top: Math.max(MARGIN, above) };
}

function clamp(wanted: number, space: number): number {
  return Math.max(MARGIN, Math.min(wanted, space - MARGIN));
}
