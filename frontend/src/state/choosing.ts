/**
 * Choosing cells one by one, by keys, mouse or finger: a cursor goes from cell to cell and takes or leaves the one under it. What is
 * taken is what a lasso that takes whole cells would take, and goes the same ways: panel, link, trace, notes, tables.
 */
import { effect } from "@preact/signals";
import { nearestCell, neighbour, placeOf } from "../lib/cells";
import { OUTSIDE, type CellAt, type Point } from "../lib/geometry";
import { sameCell, sortCells, type CellsPlace } from "../lib/places";
import type { Store } from "./store";

/** Where the cursor is, and whether zoom chose the grid before: meanwhile it stays, since the cells are its. */
export interface Choosing extends CellAt {
  readonly size: number;
  readonly layer: string;
  readonly auto: boolean;
}

/** What dragging, clicking and the arrow keys do on the map. */
export type Tool = "pan" | "lasso" | Choosing;

export function choosingOf(store: Store): Choosing | null {
  const tool = store.tool.value;
  return typeof tool === "object" ? tool : null;
}

/** Take up another tool. */
export function setTool(store: Store, tool: Tool): void {
  const before = choosingOf(store);
  store.tool.value = tool;
  if (before?.auto && typeof tool !== "object" && store.view.value.grid === before.size) store.go({ grid: "auto" });
}

/** Begin to choose, or stop. The open cell is the first that is taken; cells that were taken before stay. */
export function toggleChoosing(store: Store, middle: Point): void {
  if (choosingOf(store)) {
    setTool(store, "pan");
    return;
  }
  const [table, layer, { cell, grid }] = [store.table.value, store.layer.value, store.view.value];
  if (!table || !layer || table.size !== store.size.value) return;
  const { size } = table;
  const open = cell && cell.size === size && placeOf(table, cell) >= 0 ? cell : null;
  const cells = chosen(store, layer.name, size);
  const at = open ?? cells.filter((each) => each.column !== OUTSIDE).at(-1) ?? nearestCell(table, middle.x, middle.y);
  if (!at) return;
  store.tool.value = { column: at.column, row: at.row, size, layer: layer.name, auto: grid === "auto" };
  const all = open ? sortCells([...cells, open]) : cells;
  store.go({ grid: size, cell: null, lasso: all.length > 0 ? { layer: layer.name, place: { size, cells: all } } : null, whole: null });
}

/** Go to the next occupied cell in a direction, and take it. */
export function moveCursor(store: Store, dx: number, dy: number, take: boolean): void {
  const [now, table] = [choosingOf(store), store.table.value];
  if (!now || !table || table.size !== now.size) return;
  if (take) put(store, now, true);
  const next = now.column === OUTSIDE ? nearestCell(table, 0.5, 0.5) : neighbour(table, now, dx, dy);
  if (!next) return;
  store.tool.value = { ...now, ...next };
  if (take) put(store, next, true);
}

/** Take a cell, or leave it: the one under the cursor where none is named. */
export function toggleCell(store: Store, cell?: CellAt): void {
  const now = choosingOf(store);
  if (!now) return;
  const at = cell ?? now;
  store.tool.value = { ...now, column: at.column, row: at.row };
  put(store, at, !isChosen(store, at));
}

/** Whether a cell of the grid that is chosen from is taken. */
export function isChosen(store: Store, cell: CellAt): boolean {
  const now = choosingOf(store);
  return now !== null && chosen(store, now.layer, now.size).some((each) => sameCell(each, cell));
}

/** Layers and grids that are left take the tool with them. @returns how to stop. */
export function watchChoosing(store: Store): () => void {
  return effect(() => {
    const [now, layer, size] = [choosingOf(store), store.layer.value?.name, store.size.value];
    if (now && (now.layer !== layer || now.size !== size)) setTool(store, "pan");
  });
}

function put(store: Store, cell: CellAt, take: boolean): void {
  const now = choosingOf(store);
  if (!now) return;
  const before = chosen(store, now.layer, now.size);
  const cells = take ? sortCells([...before, cell]) : before.filter((each) => !sameCell(each, cell));
  if (cells.length === before.length) return;
  store.go({ cell: null, lasso: cells.length > 0 ? { layer: now.layer, place: { size: now.size, cells } } : null });
}

/** The cells that are taken now, where they are of this grid. */
function chosen(store: Store, layer: string, size: number): readonly CellAt[] {
  const taken = store.taken.value;
  const place = taken?.layer === layer && "cells" in taken.place ? taken.place : null;
  return place?.size === size ? sortCells((place satisfies CellsPlace).cells) : [];
}
