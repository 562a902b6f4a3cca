import { describe, expect, it } from "vitest";
import { tilesFor } from "./picture";

const pyramid = { width: 2560, height: 2560, tileSize: 512 };

describe("the tiles of a picture", () => {
  it("are of the level that has at least the wanted resolution", () => {
    const whole = tilesFor(pyramid, { side: 640, left: 0, top: 0 }, 640, 640, 2);
    expect(new Set(whole.map((t) => t.level))).toEqual(new Set([11]));
    expect(whole).toHaveLength(9);
    expect(whole[0]?.scale).toBeCloseTo(0.5);
  });

  it("are only those in the window", () => {
    const deep = tilesFor(pyramid, { side: 5120, left: -2000, top: -2000 }, 400, 300, 2);
    expect(deep.every((t) => t.level === 12)).toBe(true);
    expect(deep.map((t) => [t.column, t.row])).toEqual([[1, 1], [2, 1], [1, 2], [2, 2]]);
  });

  it("cover the whole map at its edge", () => {
    const all = tilesFor(pyramid, { side: 2560, left: 0, top: 0 }, 2560, 2560, 1);
    expect(all).toHaveLength(25);
    expect(Math.max(...all.map((t) => t.left))).toBe(2048);
  });
});
