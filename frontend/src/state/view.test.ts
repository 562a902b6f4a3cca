import { describe, expect, it } from "vitest";
import { DEFAULT_VIEW, isStep, type View } from "./view";

const there: View = { ...DEFAULT_VIEW, cell: { size: 40, column: 15, row: 11 } };
const trace: View["trace"] = { layer: "mixed3a", place: { cell: { size: 20, column: 5, row: 3 } } };

describe("a step", () => {
  it("is what back should undo, and not a pan or a slider", () => {
    expect(isStep(DEFAULT_VIEW, { ...DEFAULT_VIEW, layer: "late" })).toBe(true);
    expect(isStep(DEFAULT_VIEW, there)).toBe(true);
    expect(isStep(there, { ...there, cell: { size: 40, column: 15, row: 11 } })).toBe(false);
    const cells = (columns: number[]): View => ({ ...DEFAULT_VIEW, lasso: { layer: "late", place: { size: 10, cells: columns.map((column) => ({ column, row: 0 })) } } });
    expect(isStep(DEFAULT_VIEW, cells([1]))).toBe(true);
    expect(isStep(cells([1]), cells([1, 2])), "cells are chosen one by one, and back undoes them all").toBe(false);
    expect(isStep({ ...DEFAULT_VIEW, trace: "on" }, { ...DEFAULT_VIEW, trace }), "settled by itself").toBe(false);
    expect(isStep(DEFAULT_VIEW, { ...DEFAULT_VIEW, trace })).toBe(true);
    expect(isStep(DEFAULT_VIEW, { ...DEFAULT_VIEW, at: { x: 0.25, y: 0.75, zoom: 3.5 }, opacity: 0.1 })).toBe(false);
  });
});
