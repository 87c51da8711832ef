interface Box {
  left: number;
  right: number;
  top: number;
}

type Direction = "up" | "down";

/** Where an arrow key leads from `current` among cells laid out in lines; null when it leads nowhere. */
export function moved(keyName: string, current: number, boxes: readonly Box[]): number | null {
  switch (keyName) {
    case "ArrowRight":
      return existing(current + 1, boxes);
    case "ArrowLeft":
      return existing(current - 1, boxes);
    case "Home":
      return existing(0, boxes);
    case "End":
      return existing(boxes.length - 1, boxes);
    case "ArrowDown":
      return nearestInLine("down", current, boxes);
    case "ArrowUp":
      return nearestInLine("up", current, boxes);
    default:
      return null;
  }
}

function existing(index: number, boxes: readonly Box[]): number | null {
  return index in boxes ? index : null;
}

function nearestInLine(direction: Direction, current: number, boxes: readonly Box[]): number | null {
  const from = boxes[current];
  if (from === undefined) return null;
  const sign = direction === "down" ? 1 : -1;
  const distances = boxes.map((box) => (box.top - from.top) * sign);
  const line = Math.min(...distances.filter((distance) => distance > 1));
  const inLine = boxes.flatMap((box, index) =>
    Math.abs((distances[index] ?? 0) - line) <= 1 ? [{ index, away: Math.abs(middle(box) - middle(from)) }] : [],
  );
  inLine.sort((one, other) => one.away - other.away);
  return inLine[0]?.index ?? null;
}

function middle(box: Box): number {
  return (box.left + box.right) / 2;
}
