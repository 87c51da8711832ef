/** Two letters for each name, different from each other as far as the names' letters allow. */
export function monograms(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const options = candidates(name);
    const chosen = options.find((option) => !taken.has(option)) ?? options[0] ?? "?";
    taken.add(chosen);
    return chosen;
  });
}

function candidates(name: string): string[] {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
  const first = words[0]?.[0]?.toUpperCase() ?? "?";
  const initials = words.slice(1).map((word) => first + word.slice(0, 1).toUpperCase());
  const letters = [...(words[0] ?? "")].slice(1).map((letter) => first + letter.toLowerCase());
  return [...initials, ...letters, first];
}
