import { describe, expect, it } from "vitest";
import { parseView, writeView } from "./link";
import { DEFAULT_VIEW, type View } from "./view";

const FULL: View = {
  layer: "mixed4b",
  grid: 40,
  color: "density",
  scale: { mode: "density", low: 2, high: 40 },
  pair: ["real", "gan-a.v2"],
  density: "gan-a.v2",
  significance: false,
  opacity: 0.35,
  icons: { kind: "inverted", of: "real" },
  at: { x: 0.25, y: 0.75, zoom: 3.5 },
  cell: { size: 40, column: 15, row: 11 },
  pin: { layer: "mixed3a", size: 20, column: -1, row: -1 },
  compare: "real",
  label: "tower block & co",
  area: 1.5,
  areaOf: "gan-a.v2",
  points: true,
  dots: "class",
  split: "swipe",
  swipe: 0.25,
  lasso: { layer: "mixed4b", place: { lasso: [{ x: 0.1, y: 0.1 }, { x: 0.5, y: 0.1 }, { x: 0.3, y: 0.4 }] } },
  whole: 20,
  trace: { layer: "mixed3a", place: { cell: { size: 20, column: 5, row: 3 } } },
  image: { dataset: "gan-a.v2", image: 12 },
  sample: { dataset: "real", image: 7, position: 1 },
  ranking: true,
  side: "second",
  rankBy: "contribution",
  only: true,
  order: "random",
  heatmap: true,
  metrics: "series",
  sort: { by: "frechet_distance", falling: true },
  series: "truncation",
  space: "mixed5b",
  near: "pixels",
  about: true,
  measure: "kl",
  range: [0, 0.4],
};

describe("a link", () => {
  it("says the whole view and is read back as the same", () => {
    expect(parseView(writeView(FULL))).toEqual(FULL);
    expect(parseView(writeView(DEFAULT_VIEW))).toEqual(DEFAULT_VIEW);
  });

  it("says nothing of what is as by default", () => {
    expect(writeView(DEFAULT_VIEW)).toBe("");
  });

  it("can be read by people", () => {
    expect(writeView({ ...DEFAULT_VIEW, layer: "mixed3a", pair: ["real", "gan"], cell: { size: 40, column: 15, row: 11 } })).toBe("layer=mixed3a&pair=real~gan&cell=40:15,11");
  });

  it("names the cell outside the map", () => {
    const view = { ...DEFAULT_VIEW, cell: { size: 20, column: -1, row: -1 } };
    expect(writeView(view)).toBe("cell=20:outside");
    expect(parseView("cell=20:outside")).toEqual(view);
  });

  it("names chosen cells, and what is traced, with their layers", () => {
    const chosen: View = { ...DEFAULT_VIEW, lasso: { layer: "late", place: { size: 10, cells: [{ column: 3, row: 2 }, { column: 4, row: 2 }] } } };
    expect(writeView(chosen)).toBe("cells=late:10:3-4,2");
    expect(parseView("cells=late:10:3-4,2")).toEqual(chosen);
    for (const [link, trace] of [
      ["trace=late:10:5,1", { layer: "late", place: { cell: { size: 10, column: 5, row: 1 } } }],
      ["trace=late:cells:10:3-4,2", chosen.lasso],
      ["trace=late:lasso:0,0;1,0;0,1", { layer: "late", place: { lasso: [{ x: 0, y: 0 }, { x: 1, y: 0 }, { x: 0, y: 1 }] } }],
      ["trace=on", "on"],
    ] as const) {
      expect(parseView(link).trace).toEqual(trace);
      expect(writeView(parseView(link))).toBe(link);
    }
    expect(parseView("trace=path&image=real:3").trace).toBe("path");
    expect(parseView("trace=path").trace).toBe("on");
  });

  it("opens something whatever it says", () => {
    for (const nonsense of ["grid=0", "grid=-3", "grid=x", "pair=real", "pair=a~b~c", "opacity=7", "icons=painted:real", "at=1,2", "at=0,0,0", "at=,,", "cell=40:40,0", "cell=40:1.5,0", "cell=x", "pin=40:1,1", "pin=late:x", "split=x", "area=-1", "area=x", "swipe=2", "lasso=late:1,1;2,2", "lasso=0,0;1,0;1,1", "cells=late:10:3-1,2", "cells=10:3,2", "trace=late", "trace=off", "image=real", "whole=-2", "image=real:-1", "sample=real:1", "sample=real:1:-1", "scale=effect:2,1", "scale=none:0,1", "scale=1,2", "points=x", "dots=x", "range=1,0", "near=x", "sort=", "sort=-", "sort=a b", "color=pink", "order=%%%"]) {
      expect(parseView(nonsense)).toEqual(DEFAULT_VIEW);
    }
  });

  it("keeps a point of view within sight of the map", () => {
    expect(parseView("at=90,-90,1e9").at).toEqual({ x: 1.5, y: -0.5, zoom: 400 });
  });
});
