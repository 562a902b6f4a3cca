import { expect, it } from "vitest";
import type { Divergence, DivergenceEntry } from "../api/types";
import { matrices, ofLayer, scaleEnd } from "./divergence";

const entry = (layer: string, size: number, second: string, js_corrected: number, more: Partial<DivergenceEntry> = {}): DivergenceEntry =>
  ({ layer, size, first: "real", second, is_self: second === "real", js_corrected, kl: 2 * js_corrected, valid: true, ...more }) as DivergenceEntry;

const divergence: Divergence = {
  measures: {},
  entries: [
    entry("late", 10, "real", 0.001),
    entry("late", 20, "gan", 0.34),
    entry("late", 10, "gan", 0.2),
    entry("early", 10, "gan", 0.1),
    entry("early", 20, "gan", 3, { valid: false }),
  ],
};

it("has a table a pair in the atlas's order of layers, the noise floor last", () => {
  const tables = matrices(divergence, ["early", "late", "later"]);
  expect(tables.map((t) => t.isSelf)).toEqual([false, true]);
  expect(tables[0]?.layers).toEqual(["early", "late"]);
  expect(tables[0]?.sizes).toEqual([10, 20]);
  expect(tables[0]?.entries.map((row) => row.map((e) => e?.js_corrected))).toEqual([
    [0.1, 3],
    [0.2, 0.34],
  ]);
  expect(tables[1]?.entries[0]).toEqual([null, null]);
});

it("ends its scale at what is valid", () => {
  expect(scaleEnd(divergence, "js")).toBe(0.4);
  expect(scaleEnd(divergence, "kl")).toBe(0.8);
});

it("gives a layer's entries from coarse to fine", () => {
  expect(ofLayer(divergence, "late", ["real", "gan"]).map((e) => e.size)).toEqual([10, 20]);
});
