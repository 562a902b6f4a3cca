import { describe, expect, it } from "vitest";
import { autoGrid, cellCentre, cellOf, cellRect, nearestGrid, visibleCells } from "./geometry";

describe("cells", () => {
  it("are found from the points in them, on every grid", () => {
    for (const size of [10, 20, 40, 320]) {
      for (const cell of [{ column: 0, row: 0 }, { column: 3, row: 7 }, { column: size - 1, row: size - 1 }]) {
        expect(cellOf(cellCentre(cell, size), size)).toEqual(cell);
        const rect = cellRect(cell, size);
        expect(cellOf({ x: rect.x + 1e-9, y: rect.y + 1e-9 }, size)).toEqual(cell);
      }
    }
  });

  it("do not exist beyond the map", () => {
    for (const point of [{ x: -0.001, y: 0.5 }, { x: 0.5, y: 1 }, { x: Number.NaN, y: 0.5 }]) expect(cellOf(point, 10)).toBeNull();
  });
});

describe("the choice of a grid by zoom", () => {
  const sizes = [10, 20, 40, 80];

  it("keeps cells between 50 and 120 px wherever a grid can", () => {
    for (let side = 600; side < 8000; side += 37) {
      const cell = side / autoGrid(sizes, side, null);
      expect(cell).toBeGreaterThan(50);
      expect(cell).toBeLessThan(120);
    }
  });

  it("never gets coarser as one zooms in", () => {
    let before = 0;
    for (let side = 200; side < 20000; side *= 1.05) {
      const size = autoGrid(sizes, side, null);
      expect(size).toBeGreaterThanOrEqual(before);
      before = size;
    }
  });

  it("does not flicker at a border", () => {
    const border = 80 * Math.SQRT2 * 10;
    expect(autoGrid(sizes, border * 1.02, 10)).toBe(10);
    expect(autoGrid(sizes, border * 0.98, 20)).toBe(20);
    expect(autoGrid(sizes, border * 1.2, 10)).toBe(20);
  });

  it("takes what there is when the wanted grid is not there", () => {
    expect(autoGrid([40], 100, 10)).toBe(40);
    expect(nearestGrid(sizes, 160)).toBe(80);
    expect(nearestGrid(sizes, 5)).toBe(10);
  });
});

it("names just the cells in a window", () => {
  const view = visibleCells({ side: 1000, left: -250, top: 100 }, 500, 300, 10);
  expect(view).toEqual({ c0: 2, c1: 8, r0: 0, r1: 2 });
});
