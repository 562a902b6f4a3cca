import { describe, expect, it } from "vitest";
import type { CellColumns } from "../api/types";
import { makeCellTable, nearestCell, neighbour, pairOf, placeOf, rankCells } from "./cells";
import { divergingRamp } from "./color";
import { FADED, heatOf, paintHeat } from "./heat";
import { place } from "./scale";

/** Four cells of a 10 grid and outside: nothing differs, more real, only real, only gan (outside), too few to test. */
export const columns: CellColumns = {
  layer: "late",
  size: 10,
  version: "v",
  column: [2, 5, 9, 0, -1],
  row: [2, 2, 2, 7, -1],
  count: { real: [50, 40, 20, 2, 0], gan: [50, 10, 0, 1, 30] },
  label: [0, 1, 1, null, null],
  spread: [0.1, 0.1, 0.1, 0.1, 0.1],
  pairs: [{ first: "real", second: "gan", contribution: [0, 0.01, 0.008, 0.001, -0.02], effect: [0, 2, 5, 1, -6], p: [1, 0.01, 0, null, 0], q: [1, 0.02, 0.001, null, 0.001] }],
  faithfulness: [],
};
const table = makeCellTable(columns);
const pair = pairOf(table, ["real", "gan"]);
if (!pair) throw new Error("the pair is there");

describe("a table of cells", () => {
  it("finds a cell by its coordinates, and nothing where there is none", () => {
    expect(placeOf(table, { column: 5, row: 2 })).toBe(1);
    expect(placeOf(table, { column: 6, row: 2 })).toBe(-1);
    expect(placeOf(table, { column: 10, row: 2 })).toBe(-1);
  });

  it("keeps outside apart from the map, and counts it", () => {
    expect(table.length).toBe(4);
    expect(placeOf(table, { column: -1, row: -1 })).toBe(4);
    expect(table.sums.get("gan")).toBe(91);
    expect([...table.total]).toEqual([100, 50, 20, 3, 30]);
  });

  it("goes to the next occupied cell in a direction, and to the nearest of a point", () => {
    expect(neighbour(table, { column: 2, row: 2 }, 1, 0)).toEqual({ column: 5, row: 2 });
    expect(neighbour(table, { column: 2, row: 2 }, -1, 0)).toBeNull();
    expect(nearestCell(table, 0.9, 0.9)).toEqual({ column: 9, row: 2 });
  });
});

describe("the ranking", () => {
  it("holds the significant cells alone, outside too, the largest effect first", () => {
    expect(rankCells(table, pair, 0.05, "both", "effect")).toEqual([4, 2, 1]);
  });

  it("can be of one direction and by contribution", () => {
    expect(rankCells(table, pair, 0.05, "first", "contribution")).toEqual([1, 2]);
    expect(rankCells(table, pair, 0.05, "second", "effect")).toEqual([4]);
  });

  it("can leave out cells in which both datasets have a sample", () => {
    expect(rankCells(table, pair, 0.05, "both", "effect", true)).toEqual([4, 2]);
    expect(rankCells(table, pair, 0.05, "first", "effect", true)).toEqual([2]);
  });
});

describe("the heat", () => {
  const wish = { mode: "effect", pair: ["real", "gan"], dataset: "real", significance: true, fdr: 0.05, minTest: 10 } as const;

  it("is nothing where nothing is wanted or known", () => {
    expect(heatOf(table, { ...wish, mode: "none" })).toBeNull();
    expect(heatOf(table, { ...wish, pair: ["real", "other"] })).toBeNull();
    expect(heatOf(table, { ...wish, mode: "density", dataset: "other" })).toBeNull();
  });

  it("fades what is not significant or not tested", () => {
    expect([...(heatOf(table, wish)?.certainty ?? [])]).toEqual([FADED, 1, 1, FADED].map(Math.fround));
    expect(heatOf(table, { ...wish, significance: false })?.certainty).toBeNull();
  });

  it("puts each cell's colour at its place, and nothing elsewhere", () => {
    const heat = heatOf(table, wish);
    if (!heat) throw new Error("there is heat");
    const ramp = divergingRamp("dark");
    const pixels = new Uint8ClampedArray(400);
    paintHeat(table, heat, ramp, 1, pixels);
    const at = 4 * (2 * 10 + 5);
    const from = 3 * Math.round(place(heat.scale, 2) * 255);
    expect([...pixels.slice(at, at + 3)]).toEqual([...ramp.slice(from, from + 3)]);
    expect(pixels[at + 3]).toBe(255);
    expect(pixels.filter((_, i) => i % 4 === 3 && (pixels[i] ?? 0) > 0)).toHaveLength(4);
  });

  it("leaves weak cells clearer than strong ones, unless it is opaque", () => {
    const heat = heatOf(table, { ...wish, significance: false });
    if (!heat) throw new Error("there is heat");
    const alpha = (opacity: number, column: number): number => {
      const pixels = new Uint8ClampedArray(400);
      paintHeat(table, heat, divergingRamp("dark"), opacity, pixels);
      return pixels[4 * (20 + column) + 3] ?? 0;
    };
    expect(alpha(0.6, 2)).toBeLessThan(alpha(0.6, 5));
    expect(alpha(1, 2)).toBe(255);
    expect(alpha(0, 5)).toBe(0);
  });

  it("shows density as counts of the dataset", () => {
    const heat = heatOf(table, { ...wish, mode: "density", dataset: "gan" });
    expect([...(heat?.values ?? [])]).toEqual([50, 10, 0, 1]);
    expect(heat?.scale).toMatchObject({ low: 0, high: 50, signed: false });
  });
});
