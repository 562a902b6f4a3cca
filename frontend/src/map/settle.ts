/**
 * Where the map comes to lie when the window that it is seen in becomes longer or shorter at its end (a drawer closes or opens): it keeps
 * its scale, does not jump, and what was freed is used.
 *
 * @param start where the map begins along one axis, px from the window's.
 * @param side how long it is.
 * @param before how long the window was, `now` how long it is.
 * @returns where it should begin.
 */
export function settled(start: number, side: number, before: number, now: number): number {
  const [free, was] = [now - side, before - side];
  // All of it fits: what is left over is shared as it was, or evenly.
  if (free >= 0) return was > 0 && start >= 0 && start <= was ? (start / was) * free : free / 2;
  // It is larger than the window: no more of that is blank at the end than was, as long as there is map before the start to show.
  const blank = (length: number): number => Math.max(0, length - start - side);
  return start + Math.min(Math.max(0, blank(now) - blank(before)), Math.max(0, -start));
}
