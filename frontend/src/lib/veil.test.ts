import { expect, it } from "vitest";
import { makeCellTable } from "./cells";
import { paintVeil, veilShares } from "./veil";

it("covers cells the more the less they speak for the class", () => {
  const table = makeCellTable({ layer: "l", size: 10, version: "v", column: [0, 1, 2], row: [0, 0, 0], count: { a: [1, 1, 1] }, label: [null, null, null], spread: [0, 0, 0], pairs: [], faithfulness: [] });
  const clear = veilShares(table, { label: "boat", column: [0, 1], row: [0, 0], effect: [2, -1], maximum: 2 });
  const veil = paintVeil(table, clear, [10, 20, 30]);
  expect([...clear]).toEqual([1, 0, 0]);
  const alpha = (column: number): number => veil[4 * column + 3] ?? -1;
  expect([alpha(0), alpha(1), alpha(2), alpha(3)]).toEqual([0, 255, 255, 255]);
  expect([...veil.slice(0, 3)]).toEqual([10, 20, 30]);
});
