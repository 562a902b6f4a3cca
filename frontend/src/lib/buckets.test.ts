import { describe, expect, it } from "vitest";
import { countIn, eachIn, nearestTo } from "./buckets";

/** A fixed scatter, some of it beyond the square. */
const spots = {
  x: Float32Array.from({ length: 3000 }, (_, i) => ((i * 0.754877) % 1.2) - 0.1),
  y: Float32Array.from({ length: 3000 }, (_, i) => ((i * 0.569841) % 1.2) - 0.1),
};
const windows = [
  { x: 0, y: 0, width: 1, height: 1 },
  { x: 0.31, y: 0.47, width: 0.013, height: 0.2 },
  { x: -0.5, y: -0.5, width: 2, height: 2 },
  { x: 0.9, y: 0.2, width: 0.4, height: 0.05 },
  { x: 2, y: 2, width: 1, height: 1 },
];

describe("points in buckets", () => {
  it("are found in a window as by looking at all of them", () => {
    for (const { x, y, width, height } of windows) {
      const all = Array.from(spots.x, (_, i) => i).filter((i) => spots.x[i]! >= x && spots.x[i]! < x + width && spots.y[i]! >= y && spots.y[i]! < y + height);
      const found: number[] = [];
      eachIn(spots, { x, y, width, height }, (i) => void found.push(i));
      expect(found.sort((a, b) => a - b)).toEqual(all);
      expect(countIn(spots, { x, y, width, height })).toBe(all.length);
    }
  });

  it("are counted no further than asked", () => {
    expect(countIn(spots, windows[2]!, 10)).toBe(11);
  });

  it("are found by their nearness to a place", () => {
    for (const i of [0, 17, 400, 2999]) expect(nearestTo(spots, spots.x[i]! + 1e-4, spots.y[i]!, 0.01)).toBe(i);
    expect(nearestTo(spots, 3, 3, 0.5)).toBe(-1);
  });
});
