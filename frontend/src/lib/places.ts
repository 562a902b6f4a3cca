/**
 * Places on the map of a layer: a cell, several cells, or what a lasso encloses. One form of each for links, notes, traces and what the
 * server is asked for. Pure.
 */
import type { SelectionRequest } from "../api/types";
import { plural } from "./format";
import { cellRect, OUTSIDE, type CellAt, type Point, type Rect } from "./geometry";
import { parseLasso, writeLasso } from "./lasso";

/** A cell with its grid; column = row = −1 is *outside*. */
export interface Selected extends CellAt {
  readonly size: number;
}

export interface CellPlace {
  readonly cell: Selected;
}

/** Cells of one grid, as `sortCells` leaves them. */
export interface CellsPlace {
  readonly size: number;
  readonly cells: readonly CellAt[];
}

export interface LassoPlace {
  readonly lasso: readonly Point[];
}

export type Place = CellPlace | CellsPlace | LassoPlace;

/** A place with the layer on whose map it is. */
export interface Located<P extends Place = Place> {
  readonly layer: string;
  readonly place: P;
}

/** Cells by rows, then columns, *outside* last; each once. */
export function sortCells(cells: readonly CellAt[]): CellAt[] {
  const order = (cell: CellAt): number => (cell.column === OUTSIDE ? Infinity : cell.row * 10_000 + cell.column);
  const sorted = cells.map(({ column, row }) => ({ column, row })).sort((a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0));
  return sorted.filter((cell, i) => i === 0 || !sameCell(cell, sorted[i - 1] as CellAt));
}

export function sameCell(a: CellAt, b: CellAt): boolean {
  return a.column === b.column && a.row === b.row;
}

export function samePlace(a: Located | null, b: Located | null): boolean {
  return a === b || (a !== null && b !== null && writeLocated(a) === writeLocated(b));
}

/** Whether two places hold the same samples by what they are: a cell, and it alone chosen, do. */
export function sameMembers(a: Located, b: Located): boolean {
  return a.layer === b.layer && JSON.stringify(wishOf(a.place)) === JSON.stringify(wishOf(b.place));
}

/** "20:3,4", "20:outside", "cells:20:3-5,2;4,3", "lasso:x,y;x,y;…": as a note and a link say it. */
export function writePlace(place: Place): string {
  if ("lasso" in place) return `lasso:${writeLasso(place.lasso)}`;
  if ("cells" in place) return `cells:${writeCells(place)}`;
  return writeCell(place.cell);
}

export function parsePlace(text: string): Place | null {
  if (text.startsWith("lasso:")) {
    const lasso = parseLasso(text.slice(6));
    return lasso && { lasso };
  }
  if (text.startsWith("cells:")) return parseCells(text.slice(6));
  const cell = parseCell(text);
  return cell && { cell };
}

export function writeLocated({ layer, place }: Located): string {
  return `${layer}:${writePlace(place)}`;
}

/** A layer and what follows its colon, read by `parse`. */
export function parseLocated<P extends Place>(text: string | null, parse: (rest: string) => P | null): Located<P> | null {
  const at = text?.indexOf(":") ?? -1;
  if (text === null || at <= 0) return null;
  const place = parse(text.slice(at + 1));
  return place && { layer: text.slice(0, at), place };
}

export function writeCell(cell: Selected): string {
  return `${cell.size}:${cell.column === OUTSIDE ? "outside" : `${cell.column},${cell.row}`}`;
}

export function parseCell(text: string | null): Selected | null {
  const [, grid, where] = /^(\d{1,4}):(outside|\d{1,4},\d{1,4})$/.exec(text ?? "") ?? [];
  const size = Number(grid);
  if (!where || !(size > 0)) return null;
  const cell = parseAt(where, size);
  return cell && { size, ...cell };
}

/** "20:3-5,2;4,3;outside": neighbours in a row as a run, so that a link stays short. */
export function writeCells({ size, cells }: CellsPlace): string {
  const runs: string[] = [];
  for (let i = 0; i < cells.length; ) {
    const { column, row } = cells[i] as CellAt;
    let end = i;
    while (column !== OUTSIDE && cells[end + 1]?.row === row && cells[end + 1]?.column === column + end + 1 - i) end++;
    runs.push(column === OUTSIDE ? "outside" : `${column}${end > i ? `-${column + end - i}` : ""},${row}`);
    i = end + 1;
  }
  return `${size}:${runs.join(";")}`;
}

export function parseCells(text: string): CellsPlace | null {
  const [, grid, list] = /^(\d{1,4}):(.+)$/.exec(text) ?? [];
  const size = Number(grid);
  if (!list || !(size > 0)) return null;
  const cells: CellAt[] = [];
  for (const part of list.split(";")) {
    const [, from, to, row] = /^(\d{1,4})-(\d{1,4}),(\d{1,4})$/.exec(part) ?? [];
    if (from !== undefined && to !== undefined && row !== undefined) {
      if (Number(to) >= size || Number(to) < Number(from) || Number(row) >= size) return null;
      for (let column = Number(from); column <= Number(to); column++) cells.push({ column, row: Number(row) });
      continue;
    }
    const cell = parseAt(part, size);
    if (!cell) return null;
    cells.push(cell);
  }
  return { size, cells: sortCells(cells) };
}

function parseAt(text: string, size: number): CellAt | null {
  if (text === "outside") return { column: OUTSIDE, row: OUTSIDE };
  const [, column, row] = /^(\d{1,4}),(\d{1,4})$/.exec(text) ?? [];
  return column !== undefined && row !== undefined && Number(column) < size && Number(row) < size ? { column: Number(column), row: Number(row) } : null;
}

/** The square around a place on the unit square, or null for what lies beyond the map. */
export function boundsOf(place: Place): Rect | null {
  if ("lasso" in place) return around(place.lasso);
  const cells = ("cell" in place ? [place.cell] : place.cells).filter((cell) => cell.column !== OUTSIDE);
  const size = "cell" in place ? place.cell.size : place.size;
  if (cells.length === 1) return cellRect(cells[0] as CellAt, size);
  return cells.length === 0 ? null : around(cells.flatMap(({ column, row }) => [{ x: column / size, y: row / size }, { x: (column + 1) / size, y: (row + 1) / size }]));
}

function around(points: readonly Point[]): Rect {
  const [xs, ys] = [points.map((p) => p.x), points.map((p) => p.y)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/** In words: "20 grid · 3, 4", "20 grid · 5 cells". */
export function namePlace(place: Place): string {
  if ("lasso" in place) return "lasso";
  if ("cells" in place) return `${place.size} grid · ${plural(place.cells.length, "cell")}`;
  const { size, column, row } = place.cell;
  return column === OUTSIDE ? `${size} grid · outside` : `${size} grid · ${column}, ${row}`;
}

/** In a sentence: "cell 5, 3", "5 cells", "the lasso". */
export function sayPlace(place: Place): string {
  if ("lasso" in place) return "the lasso";
  if ("cells" in place) return plural(place.cells.length, "cell");
  return place.cell.column === OUTSIDE ? "what lies outside the map" : `cell ${place.cell.column}, ${place.cell.row}`;
}

/** What to ask the server for: the samples of a place. */
export function wishOf(place: Place): SelectionRequest {
  if ("lasso" in place) return { polygon: place.lasso.map((p) => [p.x, p.y]) };
  const [size, cells] = "cell" in place ? [place.cell.size, [place.cell]] : [place.size, place.cells];
  return { size, cells: cells.map(({ column, row }) => ({ column, row })) };
}
