/**
 * Which of the cells that hold a class are marked on the map: those in which it really gathers, whatever the size of the cell.
 *
 * A cell of few members has a large share by chance; so the lower end of the 95 % interval of the share counts (Wilson 1927).
 */
import type { SearchView } from "../api/types";

/** Cells, at most, that are marked. */
export const MARKED = 8;
const Z = 1.96;

/** The least share, surely, of a class in a marked cell: twice its share in the whole dataset; of frequent ones half of what is left. */
const least = (base: number): number => Math.min(2 * base, (1 + base) / 2);

export function wilsonLow(count: number, of: number): number {
  if (of <= 0) return 0;
  const p = count / of;
  return (p + Z ** 2 / (2 * of) - Z * Math.sqrt((p * (1 - p)) / of + Z ** 2 / (4 * of ** 2))) / (1 + Z ** 2 / of);
}

/** Places in the list of the marked cells, in its order; *outside* has no place on the map. */
export function marked(hits: SearchView["hits"]): number[] {
  const found: number[] = [];
  hits.forEach((hit, i) => {
    const base = hit.lift > 0 ? hit.share / hit.lift : 1;
    if (hit.column >= 0 && wilsonLow(hit.count, hit.members) >= least(base)) found.push(i);
  });
  return found.slice(0, MARKED);
}
