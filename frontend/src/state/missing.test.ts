import { describe, expect, it } from "vitest";
import type { AtlasView } from "../api/types";
import { missingIn, sameElsewhere, whyNot, type Missing } from "./missing";
import { DEFAULT_VIEW, type View } from "./view";

const atlas = {
  name: "made-up",
  status: "complete",
  reference: "real",
  datasets: [{ name: "real", title: "Real" }, { name: "gan-a", title: "Gan A" }, { name: "gan-b", title: "Gan B" }],
  pairs: [["real", "gan-a"], ["real", "gan-b"]],
  layers: [
    { name: "mixed3a", grids: [{ size: 10 }] },
    { name: "mixed4d", grids: [{ size: 10 }, { size: 20 }] },
  ],
} as unknown as AtlasView;
const [, deep] = atlas.layers;
const missing = (patch: Partial<View>): Missing[] => missingIn({ ...DEFAULT_VIEW, ...patch }, atlas, { layer: deep as never, size: 20, pair: ["real", "gan-a"], density: "real" });
const at = { size: 40, column: 31, row: 4 };

describe("what a link names and the atlas does not have", () => {
  it("is nothing where all is there", () => {
    expect(missing({})).toEqual([]);
    expect(missing({ layer: "mixed4d", grid: 20, pair: ["real", "gan-b"], color: "density", density: "gan-b", area: 1, areaOf: "gan-a", icons: { kind: "inverted", of: "joint" }, pin: { layer: "mixed3a", size: 10, column: 1, row: 1 } })).toEqual([]);
  });

  it.each<[Partial<View>, string, Partial<View>]>([
    [{ layer: "mixed4c", cell: at }, "no layer mixed4c; this is mixed4d", { layer: "mixed3a", cell: null, compare: null }],
    [{ grid: 33 }, "mixed4d has no 33 grid; this is the 20 grid", { grid: 10 }],
    [{ pair: ["gan-b", "real"] }, "does not compare Gan B with Real; this is Real against Gan A", { pair: ["real", "gan-b"] }],
    [{ color: "density", density: "gan-c" }, "no dataset gan-c; counted is Real", { density: "gan-a" }],
    [{ area: 1, areaOf: "gan-c" }, "no dataset gan-c; the area is of both", { areaOf: "gan-a" }],
    [{ icons: { kind: "exemplar", of: "gan-c" } }, "no dataset gan-c", { icons: { kind: "exemplar", of: "gan-a" } }],
    [{ cell: at, pin: { layer: "mixed3a", size: 10, column: 1, row: 1 }, compare: "gan-c" }, "no dataset gan-c; compared is Real", { compare: "gan-a" }],
    [{ pin: { layer: "mixed3a", ...at } }, "The pinned cell is not there: mixed3a has no 40 grid", { pin: null, compare: null }],
    [{ lasso: { layer: "gone", place: { lasso: [{ x: 0, y: 0 }, { x: 1, y: 0 }, { x: 0, y: 1 }] } } }, "The lasso is not there: this atlas has no layer gone", { lasso: null, whole: null }],
    [{ lasso: { layer: "mixed3a", place: { size: 40, cells: [{ column: 1, row: 1 }] } } }, "The chosen cells are not there: mixed3a has no 40 grid", { lasso: null, whole: null }],
    [{ whole: 80, lasso: { layer: "mixed3a", place: { lasso: [{ x: 0, y: 0 }, { x: 1, y: 0 }, { x: 0, y: 1 }] } } }, "mixed3a has no 80 grid: the lasso takes the samples inside", { whole: 10 }],
  ])("is said with what is shown instead, and leads on: %j", (patch, words, first) => {
    const [found, ...rest] = missing(patch);
    expect(rest).toEqual([]);
    expect(found?.words).toContain(words);
    expect(found?.ways[0]?.go).toEqual(first);
  });

  it("does not trouble one with a dataset that nothing shows", () => {
    expect(missing({ density: "gan-c", areaOf: "gan-c", compare: "gan-c" })).toEqual([]);
  });

  it("may yet come while the atlas is built", () => {
    const building = { ...atlas, status: "building" } as AtlasView;
    expect(missingIn({ ...DEFAULT_VIEW, layer: "mixed5b" }, building, { layer: deep as never, size: 20, pair: null, density: "real" })[0]?.words).toContain("no layer mixed5b yet");
  });
});

it("a cell of a grid that is not there has others at its place", () => {
  expect(whyNot({ layer: "mixed4d", ...at }, atlas)).toBe("mixed4d has no 40 grid");
  expect(sameElsewhere({ layer: "mixed4d", ...at }, atlas)).toEqual([
    { layer: "mixed4d", size: 20, column: 15, row: 2 },
    { layer: "mixed4d", size: 10, column: 7, row: 1 },
  ]);
  expect(sameElsewhere({ layer: "mixed4d", size: 40, column: -1, row: -1 }, atlas)[0]).toEqual({ layer: "mixed4d", size: 20, column: -1, row: -1 });
  expect(sameElsewhere({ layer: "gone", ...at }, atlas)).toEqual([]);
});
