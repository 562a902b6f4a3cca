import { describe, expect, it } from "vitest";
import type { AtlasView, CellFigures, MetricFigure, Metrics, MetricsEntry } from "../api/types";
import { curve, facts, headIn, linear, rowsOf, seriesOf, sorted, warningsOf } from "./metrics";
import { partHeat, partsOf, partWords } from "./parts";

const figure = (value: number | null, more: Partial<MetricFigure> = {}): MetricFigure => ({
  value, n: 100, m: 100, low: null, high: null, floor: null, baseline: null, at_baseline: null, baseline_n: null, p: null, p_adjusted: null, spread: null, warnings: [], ...more,
});
const entry = (second: string, figures: Record<string, MetricFigure>, more: Partial<MetricsEntry> = {}): MetricsEntry => ({
  layer: "deep", features: "pooled", first: "real", second, is_self: false, label: null, label_source: null, dimension: 8, figures, warnings: [], ...more,
});
const metrics = (entries: MetricsEntry[]): Metrics => ({ measures: {}, k_precision: 3, k_density: 5, permutations: 199, held_out: null, entries });

describe("tables of metrics", () => {
  it("have a row a space, or a row a label", () => {
    const all = metrics([entry("gan", {}, { features: "position" }), entry("gan", {}), entry("gan", {}, { label: "cat" }), entry("other", {}), entry("gan", {}, { features: "inception-tf", layer: null })]);
    expect(rowsOf(all, "gan", false).map((r) => r.name)).toEqual(["deep", "final", "FID (TF)"]);
    expect(rowsOf(all, "gan", true).map((r) => r.name)).toEqual(["cat"]);
  });

  it("are sorted by a figure with what has none at the end, both ways", () => {
    const rows = rowsOf(metrics(["b", "a", "c"].map((label, i) => entry("gan", { recall: figure(i === 0 ? null : i) }, { label }))), "gan", true);
    expect(sorted(rows, "recall", false).map((r) => r.name)).toEqual(["a", "c", "b"]);
    expect(sorted(rows, "recall", true).map((r) => r.name)).toEqual(["c", "a", "b"]);
    expect(sorted(rows, null, false).map((r) => r.name)).toEqual(["a", "b", "c"]);
  });

  it("call distances FID and KID on Inception's features, and on no others", () => {
    expect(["deep", "final", "DINOv2", "FID (TF)", "FID (clean)"].map((space) => headIn(space, "frechet_distance"))).toEqual(["FD", "FD", "FD", "FID", "FID"]);
    expect([headIn("FID (clean)", "kernel_distance"), headIn("FID (TF)", "recall")]).toEqual(["KID", "recall"]);
  });

  it("say once what concerns all figures of a row, and of which rows where not of all", () => {
    const rows = ["a", "b"].map((label) => ({ name: label, entry: entry("gan", {}, { label, warnings: label === "a" ? ["too few", "constant"] : ["too few"] }) }));
    expect(warningsOf(rows)).toEqual(["Too few.", "Constant (a)."]);
  });

  it("say with a figure everything that is known of it, and nothing that is not", () => {
    expect(facts(figure(1))).toEqual(["n 100"]);
    expect(facts(figure(1, { m: 50, low: 0.5, high: 2, p: 0.005, floor: 0.2 }))).toEqual(["n 100, 50", "95 % interval 0.5 to 2", "p 0.005", "noise floor 0.2"]);
    expect(facts(figure(1, { p: 0.005, p_adjusted: 0.06 }))).toEqual(["n 100", "p 0.005, adjusted for the number of labels 0.06"]);
  });
});

describe("series", () => {
  const atlas = { datasets: [["real", null], ["late", { name: "step", value: 20 }], ["early", { name: "step", value: 10 }], ["alone", { name: "other", value: 1 }]].map(([name, series]) => ({ name, series })) } as unknown as AtlasView;

  it("are the datasets of one name in the order of their values, where there are two", () => {
    expect(seriesOf(atlas).map((s) => [s.name, s.members.map((m) => m.dataset)])).toEqual([["step", ["early", "late"]]]);
  });

  it("give a curve over their values, leaving out what could not be computed", () => {
    const all = metrics([entry("early", { recall: figure(0.2) }), entry("late", { recall: figure(null) }), entry("real", { recall: figure(0.9) }, { is_self: true })]);
    expect(curve(all, seriesOf(atlas)[0]!, "final", "recall").map((p) => [p.x, p.figure.value])).toEqual([[10, 0.2]]);
  });

  it("are drawn in their middle where all values are one", () => {
    expect(linear([3, 3], [0, 10])(3)).toBe(5);
    expect(linear([0, 2], [10, 0])(0.5)).toBe(7.5);
  });
});

describe("parts of a figure", () => {
  const figures: CellFigures = {
    layer: "deep",
    size: 10,
    pairs: [{ first: "real", second: "gan", n: [10, 2, 0], m: [4, 0, 1], outside: [1, 0, 1], missed: [5, 2, 0], uncovered: [5, 0, 0], close: [0, 0, 0], density: [4, 0, 0], copying: [-4, null, null] }],
  };
  const parts = partsOf(figures, ["real", "gan"])!;

  it("are shares of the cell's images, fainter where these are few", () => {
    const heat = partHeat(parts, "coverage", 2)!;
    expect([...heat.values]).toEqual([0.5, 0]);
    expect(heat.certainty?.[0]).toBe(1);
    expect(heat.certainty?.[1]).toBeCloseTo(0.4);
  });

  it("of copying are on the side of the generated set, and absent where not tested", () => {
    const heat = partHeat(parts, "copying", 2)!;
    expect([...heat.values]).toEqual([4, -0]);
    expect([...heat.certainty!]).toEqual([1, 0]);
    expect(partHeat({ ...parts, copying: null }, "copying", 2)).toBeNull();
  });

  it("are found for a pair in either order, and not for others", () => {
    expect(partsOf(figures, ["gan", "real"])?.second).toBe("gan");
    expect(partsOf(figures, ["gan", "other"])).toBeNull();
  });

  it("are said in words", () => {
    expect(partWords(parts, "coverage", 0)).toBe("5 of 10 without a neighbour of gan");
    expect(partWords(parts, "copying", 1)).toContain("fewer than 10");
  });
});
