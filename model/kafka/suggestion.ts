/**
 * Distance between two words: how many letters are to insert, delete, replace or swap with their neighbour
 * (Damerau-Levenshtein, optimal string alignment).
 */
export function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** The known word that a mistyped one most likely means: the nearest within a third of its length, or undefined. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  let found: string | undefined;
  let limit = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const difference = distance(word.toLowerCase(), candidate.toLowerCase());
    if (difference < limit) {
      found = candidate;
      limit = difference;
    }
  }
  return found;
}
