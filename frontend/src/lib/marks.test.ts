import { describe, expect, it } from "vitest";
import { iconSides } from "./area";
import { makeCellTable } from "./cells";
import { thinLabels } from "./labels";

const table = makeCellTable({
  layer: "late",
  size: 10,
  version: "v",
  column: [0, 1, 2, 8],
  row: [0, 0, 0, 0],
  count: { real: [8, 0, 2, 2], gan: [8, 4, 0, 0] },
  label: [0, 1, 0, 0],
  spread: [0, 0, 0, 0],
  pairs: [],
  faithfulness: [],
});

describe("the area of icons", () => {
  it("stands for the samples of a cell, up to the whole cell", () => {
    const sides = iconSides(table, ["real"], 0.5);
    // The mean of the three occupied cells is 4.
    expect([...(sides ?? [])].map((s) => Number(s.toFixed(3)))).toEqual([1, 0, 0.5, 0.5]);
    expect((iconSides(table, null, 1)?.[0] ?? 0)).toBe(1);
    // Of both sets 16, 4, 2 and 2 samples: a mean of 6.
    expect([...(iconSides(table, ["real", "gan"], 1) ?? [])].map((s) => Number(s.toFixed(3)))).toEqual([1, 0.816, 0.577, 0.577]);
  });

  it("is the whole cell where nothing is asked for", () => {
    expect(iconSides(table, null, 0)).toBeNull();
  });
});

describe("the labels", () => {
  it("give way to those of cells with more samples, in the room that they take", () => {
    expect([...thinLabels(table, 2, 1)]).toEqual([1, 0, 0, 1]);
    expect([...thinLabels(table, 1, 1)]).toEqual([1, 1, 0, 1]);
  });

  it("name no cell with too few samples", () => {
    expect([...thinLabels(table, 1, 3)]).toEqual([1, 1, 0, 0]);
  });
});
