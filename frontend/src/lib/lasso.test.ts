import { describe, expect, it } from "vitest";
import { borderOf, cellsInside, contains, encloses, parseLasso, simplify, writeLasso } from "./lasso";

const square = [
  { x: 0.1, y: 0.1 },
  { x: 0.5, y: 0.1 },
  { x: 0.5, y: 0.5 },
  { x: 0.1, y: 0.5 },
];

describe("a lasso", () => {
  it("is written into a link and read back", () => {
    expect(writeLasso(square)).toBe("0.1,0.1;0.5,0.1;0.5,0.5;0.1,0.5");
    expect(parseLasso(writeLasso(square))).toEqual(square);
  });

  it("is nothing where it encloses nothing or makes no sense", () => {
    for (const text of ["", "x", "0.1,0.1;0.5,0.5", "0.1,0.1;0.2,0.2;0.3,0.3", "0,0;1,0;1", "0,0;9,0;1,1", "0,0,0;1,0;1,1"]) expect(parseLasso(text)).toBeNull();
    expect(encloses([...square].reverse())).toBe(true);
  });

  it("keeps the corners that matter", () => {
    const drawn = square.flatMap((p, i) => Array.from({ length: 20 }, (_, k) => {
      const q = square[(i + 1) % 4] ?? p;
      return { x: p.x + ((q.x - p.x) * k) / 20, y: p.y + ((q.y - p.y) * k) / 20 + 1e-4 * (k % 2) };
    }));
    const kept = simplify(drawn, 0.003);
    expect(kept.length).toBeLessThanOrEqual(6);
    for (const corner of square) expect(Math.min(...kept.map((p) => Math.hypot(p.x - corner.x, p.y - corner.y)))).toBeLessThan(0.025);
  });

  it("never has more corners than a link can bear", () => {
    const wild = Array.from({ length: 3000 }, (_, i) => ({ x: 0.5 + 0.4 * Math.cos(i) * Math.sin(i * 7), y: 0.5 + 0.4 * Math.sin(i * 3) }));
    expect(simplify(wild, 0.001).length).toBeLessThanOrEqual(60);
  });
});

describe("cells that a lasso takes whole", () => {
  it("are those whose middle is inside", () => {
    expect(cellsInside(square, 10)).toHaveLength(16);
    expect(cellsInside(square, 10)[0]).toEqual({ column: 1, row: 1 });
    const triangle = [{ x: 0, y: 0 }, { x: 1, y: 0 }, { x: 0, y: 1 }];
    for (const { column, row } of cellsInside(triangle, 10)) expect(column + row + 1).toBeLessThan(10.001);
    expect(cellsInside([{ x: -1, y: -1 }, { x: 2, y: -1 }, { x: 2, y: 2 }, { x: -1, y: 2 }], 10)).toHaveLength(100);
  });

  it("have an outline as long as their set's border", () => {
    expect(borderOf(cellsInside(square, 10), 10)).toHaveLength(16);
    expect(borderOf([{ column: 0, row: 0 }, { column: 9, row: 0 }], 10)).toHaveLength(8);
  });
});

it("a point is inside by the even–odd rule", () => {
  const bow = [{ x: 0, y: 0 }, { x: 1, y: 1 }, { x: 1, y: 0 }, { x: 0, y: 1 }];
  expect([contains(bow, { x: 0.1, y: 0.5 }), contains(bow, { x: 0.9, y: 0.5 }), contains(bow, { x: 0.5, y: 0.1 })]).toEqual([true, true, false]);
});
