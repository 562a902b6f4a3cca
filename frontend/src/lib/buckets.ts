/** Points of the unit square sorted into squares, so that those in a window or near a pointer are found without looking at all. */
import type { Rect } from "./geometry";

const SIDE = 64;

export interface Buckets {
  /** Bucket b holds order[start[b] … start[b + 1]]; buckets go by rows. Points beyond the square are in those of its edge. */
  readonly start: Uint32Array;
  readonly order: Uint32Array;
}

export interface Spots {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

const at = (v: number): number => Math.min(SIDE - 1, Math.max(0, Math.floor(v * SIDE)));

const known = new WeakMap<object, Buckets>();

/** The buckets of some points, made once for each array of them. */
export function bucketsOf(spots: Spots): Buckets {
  let found = known.get(spots.x);
  if (!found) known.set(spots.x, (found = sortIn(spots)));
  return found;
}

function sortIn({ x, y }: Spots): Buckets {
  const start = new Uint32Array(SIDE * SIDE + 1);
  const bucket = new Uint16Array(x.length);
  for (let i = 0; i < x.length; i++) {
    bucket[i] = at(y[i] as number) * SIDE + at(x[i] as number);
    start[(bucket[i] as number) + 1]!++;
  }
  for (let b = 0; b < SIDE * SIDE; b++) start[b + 1]! += start[b] as number;
  const next = start.slice();
  const order = new Uint32Array(x.length);
  // Rising within a bucket: counting keeps the order of the points.
  for (let i = 0; i < x.length; i++) order[next[bucket[i] as number]!++] = i;
  return { start, order };
}

/** Calls back with every point in a rectangle, until that says "enough" by returning true. */
export function eachIn(spots: Spots, rect: Rect, call: (i: number) => boolean | void): void {
  const { start, order } = bucketsOf(spots);
  const [x1, y1] = [rect.x + rect.width, rect.y + rect.height];
  const [c0, c1, r0, r1] = [at(rect.x), at(x1), at(rect.y), at(y1)];
  for (let r = r0; r <= r1; r++) {
    const [from, to] = [start[r * SIDE + c0] as number, start[r * SIDE + c1 + 1] as number];
    for (let k = from; k < to; k++) {
      const i = order[k] as number;
      const [x, y] = [spots.x[i] as number, spots.y[i] as number];
      if (x >= rect.x && x < x1 && y >= rect.y && y < y1 && call(i)) return;
    }
  }
}

/** How many points are in a rectangle; more than the limit is as good as the limit and one. */
export function countIn(spots: Spots, rect: Rect, limit = Infinity): number {
  let found = 0;
  eachIn(spots, rect, () => ++found > limit);
  return found;
}

/** The point nearest to a place, within a radius; −1 for none. */
export function nearestTo(spots: Spots, x: number, y: number, radius: number): number {
  let best = -1;
  let least = radius * radius;
  eachIn(spots, { x: x - radius, y: y - radius, width: 2 * radius, height: 2 * radius }, (i) => {
    const d = ((spots.x[i] as number) - x) ** 2 + ((spots.y[i] as number) - y) ** 2;
    if (d < least) [least, best] = [d, i];
  });
  return best;
}
