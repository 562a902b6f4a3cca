import { describe, expect, it } from "vitest";
import { makeCellTable } from "./cells";
import { cellRows, toCsv } from "./tables";

describe("a table to take along", () => {
  it("is CSV that any reader understands", () => {
    expect(toCsv([{ name: 'a "b", c', n: 1.5, none: null }, { name: "plain", n: -2, none: null }])).toBe('name,n,none\r\n"a ""b"", c",1.5,\r\nplain,-2,\r\n');
  });

  it("holds no formulas", () => {
    expect(toCsv([{ name: "=1+1" }])).toBe("name\r\n'=1+1\r\n");
  });

  it("has a row for every cell and for outside, with the figures of each pair", () => {
    const rows = cellRows(
      makeCellTable({
        layer: "late",
        size: 10,
        version: "v",
        column: [2, -1],
        row: [3, -1],
        count: { real: [6, 2], gan: [1, 3] },
        label: [1, null],
        spread: [0.1, 0.1],
        pairs: [{ first: "real", second: "gan", contribution: [0.25, -0.1], effect: [2, -1], p: [0.01, null], q: [0.02, null] }],
        faithfulness: [],
      }),
      ["barn", "boat"],
    );
    expect(rows).toHaveLength(2);
    expect(rows[0]).toEqual({ layer: "late", grid: 10, column: 2, row: 3, outside: false, label: "boat", "count real": 6, "share real": 0.75, "count gan": 1, "share gan": 0.25, "effect_log2 real~gan": 2, "contribution_bits real~gan": 0.25, "q real~gan": 0.02 });
    expect(rows[1]).toMatchObject({ outside: true, label: null, "q real~gan": null });
  });
});
