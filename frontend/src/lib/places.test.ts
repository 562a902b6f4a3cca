import { describe, expect, it } from "vitest";
import { boundsOf, namePlace, parseCells, parseLocated, parsePlace, sameMembers, samePlace, sayPlace, sortCells, wishOf, writeCells, writeLocated, writePlace, type Place } from "./places";

const PLACES: readonly Place[] = [
  { cell: { size: 20, column: 3, row: 4 } },
  { cell: { size: 20, column: -1, row: -1 } },
  { size: 20, cells: sortCells([{ column: 5, row: 2 }, { column: 3, row: 2 }, { column: 4, row: 2 }, { column: 19, row: 0 }, { column: -1, row: -1 }]) },
  { lasso: [{ x: 0.1, y: 0.1 }, { x: 0.5, y: 0.1 }, { x: 0.3, y: 0.6 }] },
];

describe("a place", () => {
  it("is written and read back, alone and with its layer", () => {
    for (const place of PLACES) {
      expect(parsePlace(writePlace(place))).toEqual(place);
      expect(parseLocated(writeLocated({ layer: "mixed4a", place }), parsePlace)).toEqual({ layer: "mixed4a", place });
    }
  });

  it("makes no place of nonsense", () => {
    for (const bad of ["", "20:20,0", "x:1,2", "20:1", "lasso:1,1", "20:-1,-1", "0:0,0", "cells:20:", "cells:20:3-2,1", "cells:20:3-20,1", "cells:20:1,1;", "cells:1,1"]) expect(parsePlace(bad)).toBeNull();
    for (const bad of [null, "", ":20:3,4", "late", "late:"]) expect(parseLocated(bad, parsePlace)).toBeNull();
  });

  it("is named, said and bounded", () => {
    expect(PLACES.map(namePlace)).toEqual(["20 grid · 3, 4", "20 grid · outside", "20 grid · 5 cells", "lasso"]);
    expect(PLACES.map(sayPlace)).toEqual(["cell 3, 4", "what lies outside the map", "5 cells", "the lasso"]);
    expect(PLACES.slice(0, 2).map(boundsOf)).toEqual([{ x: 0.15, y: 0.2, width: 0.05, height: 0.05 }, null]);
    expect(boundsOf(PLACES[3] as Place)).toEqual({ x: 0.1, y: 0.1, width: 0.4, height: 0.5 });
    const cells = boundsOf(PLACES[2] as Place);
    expect([cells?.x, cells?.y, (cells?.x ?? 0) + (cells?.width ?? 0)]).toEqual([0.15, 0, 1]);
  });

  it("is the same as another where it says the same, and a cell has the members of it alone chosen", () => {
    const cell = { layer: "late", place: PLACES[0] as Place };
    const chosen = { layer: "late", place: { size: 20, cells: [{ column: 3, row: 4 }] } };
    expect([samePlace(cell, { ...cell }), samePlace(cell, chosen), samePlace(cell, null), samePlace(null, null)]).toEqual([true, false, false, true]);
    expect([sameMembers(cell, chosen), sameMembers(cell, { ...chosen, layer: "early" })]).toEqual([true, false]);
  });

  it("asks the server for its samples", () => {
    expect(wishOf(PLACES[0] as Place)).toEqual({ size: 20, cells: [{ column: 3, row: 4 }] });
    expect(wishOf(PLACES[3] as Place)).toEqual({ polygon: [[0.1, 0.1], [0.5, 0.1], [0.3, 0.6]] });
  });
});

describe("cells in a link", () => {
  it("are runs along the rows, so that whole regions stay short", () => {
    expect(writeCells(PLACES[2] as never)).toBe("20:19,0;3-5,2;outside");
    const square = Array.from({ length: 400 }, (_, i) => ({ column: i % 20, row: Math.floor(i / 20) }));
    const text = writeCells({ size: 40, cells: square });
    expect(text.length).toBeLessThan(160);
    expect(parseCells(text)?.cells).toEqual(square);
  });

  it("are each once and in order, however they were taken", () => {
    expect(sortCells([{ column: 1, row: 1 }, { column: -1, row: -1 }, { column: 0, row: 1 }, { column: 1, row: 1 }])).toEqual([{ column: 0, row: 1 }, { column: 1, row: 1 }, { column: -1, row: -1 }]);
  });
});
