import { describe, expect, it } from "vitest";
import type { GridView, PyramidView } from "../api/types";
import { chooseIcons, iconKinds, iconPieces } from "./icons";

const pyramid = (kind: PyramidView["kind"], of: string, icon_size = 64): PyramidView => ({ kind, of, version: `${kind}-${of}`, width: 640, height: 640, tile_size: 512, icon_size, icons: 90 });
const grid = (size: number, icons: PyramidView[]): GridView => ({ size, occupied: 90, version: "v", attribution_version: null, figures_version: null, icons });
const all = grid(10, [pyramid("exemplar", "joint"), pyramid("exemplar", "real"), pyramid("inverted", "joint")]);

describe("the icons to show", () => {
  it("are joint exemplars when nothing is wished, else what there is", () => {
    expect(chooseIcons(all, "auto")).toMatchObject({ standIn: false, pyramid: { kind: "exemplar", of: "joint" } });
    expect(chooseIcons(grid(20, [pyramid("inverted", "joint")]), "auto")).toMatchObject({ standIn: false, pyramid: { kind: "inverted" } });
  });

  it("are exemplars in place of what does not exist yet, and that is said", () => {
    const choice = chooseIcons(grid(40, [pyramid("exemplar", "joint"), pyramid("exemplar", "gan")]), { kind: "inverted", of: "gan" });
    expect(choice).toMatchObject({ standIn: true, pyramid: { kind: "exemplar", of: "gan" } });
  });

  it("are none where there are none or none are wanted", () => {
    expect(chooseIcons(grid(10, []), "auto")).toBeNull();
    expect(chooseIcons(all, "none")).toBeNull();
    expect(chooseIcons(null, "auto")).toBeNull();
  });

  it("are listed once each, over all grids", () => {
    expect(iconKinds([all, grid(20, [pyramid("exemplar", "joint")])]).map((k) => `${k.kind}:${k.of}`)).toEqual(["exemplar:joint", "exemplar:real", "inverted:joint"]);
  });
});

describe("the pieces of an icon", () => {
  it("are one inside a tile", () => {
    expect(iconPieces(pyramid("exemplar", "joint"), { column: 9, row: 1 })).toEqual([
      { level: 10, tileColumn: 1, tileRow: 0, sourceX: 64, sourceY: 64, x: 0, y: 0, width: 64, height: 64 },
    ]);
  });

  it("cover the icon exactly where it crosses tiles", () => {
    const pieces = iconPieces({ ...pyramid("exemplar", "joint", 80), width: 800, height: 800 }, { column: 6, row: 6 });
    expect(pieces).toHaveLength(4);
    expect(pieces.reduce((area, p) => area + p.width * p.height, 0)).toBe(80 * 80);
    for (const p of pieces) expect(p.sourceX + p.width).toBeLessThanOrEqual(512);
  });
});
