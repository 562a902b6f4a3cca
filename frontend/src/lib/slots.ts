/** Colours of classes: more classes than colours that can be told apart, so those that are most frequent in view get one each. */

/** How many classes have a colour of their own at a time. */
export const SLOTS = 10;

/**
 * Slots of the most frequent classes. A class that had a slot keeps it, so that colours stay while one pans.
 *
 * @param counts class → how many samples in view.
 * @param before class → slot, as it was.
 */
export function assignSlots(counts: ReadonlyMap<number, number>, before: ReadonlyMap<number, number>): Map<number, number> {
  const wanted = [...counts.keys()].sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || a - b).slice(0, SLOTS);
  const after = new Map(wanted.flatMap((name) => (before.has(name) ? [[name, before.get(name) as number] as const] : [])));
  const taken = new Set(after.values());
  const free = Array.from({ length: SLOTS }, (_, slot) => slot).filter((slot) => !taken.has(slot));
  for (const name of wanted) if (!after.has(name)) after.set(name, free.shift() as number);
  return after;
}
