/** Cells and members as tables to take along: rows of plain values, and CSV (RFC 4180) made of them. */
import type { SampleView } from "../api/types";
import type { CellTable } from "./cells";
import { OUTSIDE } from "./geometry";

export type Value = string | number | boolean | null;
export type Row = Readonly<Record<string, Value>>;

/** CSV with a header; columns are those of the first row. Text that a spreadsheet would run as a formula gets an apostrophe before it. */
export function toCsv(rows: readonly Row[]): string {
  const names = Object.keys(rows[0] ?? {});
  const line = (values: readonly Value[]): string => values.map(field).join(",");
  return `${[line(names), ...rows.map((row) => line(names.map((name) => row[name] ?? null)))].join("\r\n")}\r\n`;
}

function field(value: Value): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One row a cell, *outside* last: where it is, what it is called, samples and shares of each dataset, and the figures of each pair. */
export function cellRows(table: CellTable, classes: readonly string[]): Row[] {
  return Array.from(table.column, (column, i) => {
    const row: Record<string, Value> = { layer: table.layer, grid: table.size, column, row: table.row[i] ?? 0, outside: column === OUTSIDE, label: classes[table.label[i] ?? -1] ?? null };
    for (const [name, counts] of table.count) {
      row[`count ${name}`] = counts[i] ?? 0;
      row[`share ${name}`] = (counts[i] ?? 0) / Math.max(1, table.sums.get(name) ?? 1);
    }
    for (const pair of table.pairs) {
      const of = `${pair.first}~${pair.second}`;
      row[`effect_log2 ${of}`] = exact(pair.effect[i]);
      row[`contribution_bits ${of}`] = exact(pair.contribution[i]);
      row[`q ${of}`] = exact(pair.q[i]);
    }
    return row;
  });
}

/** A 32-bit value in the digits that it has. */
function exact(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : Number(value.toPrecision(7));
}

export function memberRows(layer: string, members: readonly SampleView[]): Row[] {
  return members.map((m) => ({
    layer,
    point: m.point,
    dataset: m.dataset,
    image: m.image,
    name: m.name,
    position: m.position,
    row: m.row,
    column: m.column,
    x: m.x,
    y: m.y,
    label: m.label,
    predicted: m.top,
    nearness: m.nearness,
    realism: m.scores?.realism ?? null,
    density: m.scores?.density ?? null,
    nearest_reference_image: m.scores?.nearest ?? null,
    nearest_distance: m.scores?.distance ?? null,
    nearest_ratio: m.scores?.ratio ?? null,
  }));
}
