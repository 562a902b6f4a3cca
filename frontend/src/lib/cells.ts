/** The cells of a grid as the map needs them: typed columns and an index from (column, row) to the cell's place in them. */
import type { CellColumns } from "../api/types";
import { OUTSIDE, type CellAt } from "./geometry";

export interface PairTable {
  readonly first: string;
  readonly second: string;
  readonly contribution: Float32Array;
  readonly effect: Float32Array;
  /** NaN where not tested. */
  readonly q: Float32Array;
}

export interface CellTable {
  readonly layer: string;
  readonly size: number;
  readonly version: string;
  /** Cells on the map; *outside* is not among them. */
  readonly length: number;
  readonly column: Int16Array;
  readonly row: Int16Array;
  readonly total: Uint32Array;
  readonly count: ReadonlyMap<string, Uint32Array>;
  /** Points of each dataset on the layer, outside included. */
  readonly sums: ReadonlyMap<string, number>;
  readonly label: readonly (number | null)[];
  readonly pairs: readonly PairTable[];
  /** row · size + column → place in the columns, −1 for none. */
  readonly index: Int32Array;
  /** Place of *outside* in the columns (= length), or −1 where nothing lies outside. */
  readonly outside: number;
}

export function makeCellTable(columns: CellColumns): CellTable {
  const { size } = columns;
  const all = columns.column.length;
  const outside = all > 0 && columns.column[all - 1] === OUTSIDE ? all - 1 : -1;
  const index = new Int32Array(size * size).fill(-1);
  for (let i = 0; i < all; i++) {
    if (i !== outside) index[(columns.row[i] ?? 0) * size + (columns.column[i] ?? 0)] = i;
  }
  const total = new Uint32Array(all);
  const count = new Map<string, Uint32Array>();
  const sums = new Map<string, number>();
  for (const [dataset, values] of Object.entries(columns.count)) {
    count.set(dataset, Uint32Array.from(values));
    let sum = 0;
    for (let i = 0; i < all; i++) {
      total[i] = (total[i] ?? 0) + (values[i] ?? 0);
      sum += values[i] ?? 0;
    }
    sums.set(dataset, sum);
  }
  return {
    layer: columns.layer,
    size,
    version: columns.version,
    length: outside >= 0 ? outside : all,
    column: Int16Array.from(columns.column),
    row: Int16Array.from(columns.row),
    total,
    count,
    sums,
    label: columns.label,
    pairs: columns.pairs.map((pair) => ({
      first: pair.first,
      second: pair.second,
      contribution: Float32Array.from(pair.contribution),
      effect: Float32Array.from(pair.effect),
      q: Float32Array.from(pair.q, (q) => q ?? Number.NaN),
    })),
    index,
    outside,
  };
}

/** Place of a cell in the columns, or −1 where it holds nothing. */
export function placeOf(table: CellTable, cell: CellAt): number {
  if (cell.column === OUTSIDE) return table.outside;
  if (cell.column < 0 || cell.row < 0 || cell.column >= table.size || cell.row >= table.size) return -1;
  return table.index[cell.row * table.size + cell.column] ?? -1;
}

export function pairOf(table: CellTable, pair: readonly [string, string] | null): PairTable | null {
  return table.pairs.find((p) => pair !== null && p.first === pair[0] && p.second === pair[1]) ?? null;
}

export type Side = "both" | "first" | "second";
export type RankBy = "effect" | "contribution";

/** Places of the cells that differ significantly, the most different first; *outside* takes part. `only`: those of one dataset alone. */
export function rankCells(table: CellTable, pair: PairTable, fdr: number, side: Side, by: RankBy, only = false): number[] {
  const values = by === "effect" ? pair.effect : pair.contribution;
  const found: number[] = [];
  for (let i = 0; i < pair.q.length; i++) {
    const q = pair.q[i] ?? Number.NaN;
    const effect = pair.effect[i] ?? 0;
    if (!(q < fdr) || (side === "first" && effect <= 0) || (side === "second" && effect >= 0)) continue;
    if (only && (table.count.get(pair.first)?.[i] ?? 0) > 0 && (table.count.get(pair.second)?.[i] ?? 0) > 0) continue;
    found.push(i);
  }
  return found.sort((a, b) => Math.abs(values[b] ?? 0) - Math.abs(values[a] ?? 0) || (pair.q[a] ?? 1) - (pair.q[b] ?? 1) || a - b);
}

/** The nearest occupied cell from `from` in a direction of the screen, looking ever further within the row or column. */
export function neighbour(table: CellTable, from: CellAt, dx: number, dy: number): CellAt | null {
  for (let step = 1; step < table.size; step++) {
    const cell = { column: from.column + dx * step, row: from.row + dy * step };
    if (cell.column < 0 || cell.row < 0 || cell.column >= table.size || cell.row >= table.size) return null;
    if (placeOf(table, cell) >= 0) return cell;
  }
  return null;
}

/** The occupied cell nearest to a point of the map. */
export function nearestCell(table: CellTable, x: number, y: number): CellAt | null {
  let best: CellAt | null = null;
  let least = Infinity;
  for (let i = 0; i < table.length; i++) {
    const [column, row] = [table.column[i] ?? 0, table.row[i] ?? 0];
    const d = ((column + 0.5) / table.size - x) ** 2 + ((row + 0.5) / table.size - y) ** 2;
    if (d < least) [least, best] = [d, { column, row }];
  }
  return best;
}
