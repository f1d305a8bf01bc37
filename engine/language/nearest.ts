/** Distance of two words: insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, before[j - 2] + 1);
      row.push(best);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length];
}

/** Up to `limit` of `names` that `word` may be a slip of, nearest first. */
export function nearest(word: string, names: Iterable<string>, limit = 3): readonly string[] {
  const short = word.slice(0, 40);
  const allowed = short.length <= 4 ? 1 : short.length <= 7 ? 2 : 3;
  const found: { name: string; distance: number }[] = [];
  for (const name of names) {
    if (Math.abs(name.length - short.length) > allowed) continue;
    const distance = editDistance(short, name);
    // A word of which nothing is left is no slip.
    if (distance <= allowed && distance < Math.max(short.length, name.length) - 1) found.push({ name, distance });
  }
  return found
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, limit)
    .map(({ name }) => name);
}
