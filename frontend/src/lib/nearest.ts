/** What may have been meant by a name that is not there. */

/** How many letters must be added, taken away or changed. Source: Levenshtein 1966. */
export function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] as number;
}

/** The names most like a wanted one, at most so many; equally alike ones in their order. */
export function nearestNames(wanted: string, names: readonly string[], count: number): string[] {
  const plain = wanted.toLowerCase();
  const far = new Map(names.map((name) => [name, distance(plain, name.toLowerCase())]));
  return [...far.keys()].sort((a, b) => (far.get(a) ?? 0) - (far.get(b) ?? 0)).slice(0, count);
}
