/** Arithmetic of the map: the unit square, cells as (column, row) from the top left, and the choice of a grid by zoom. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface CellAt {
  readonly column: number;
  readonly row: number;
}

export interface Rect extends Point {
  readonly width: number;
  readonly height: number;
}

/** How the square lies on the screen: its side in CSS px and its top left corner. */
export interface Frame {
  readonly side: number;
  readonly left: number;
  readonly top: number;
}

/** The *outside* cell's coordinates. */
export const OUTSIDE = -1;

/** Cell of a point, or null where the point is beyond the map. */
export function cellOf(point: Point, size: number): CellAt | null {
  if (!(point.x >= 0 && point.x < 1 && point.y >= 0 && point.y < 1)) return null;
  return { column: Math.floor(point.x * size), row: Math.floor(point.y * size) };
}

/** The square of a cell on the map. */
export function cellRect(cell: CellAt, size: number): Rect {
  return { x: cell.column / size, y: cell.row / size, width: 1 / size, height: 1 / size };
}

export function cellCentre(cell: CellAt, size: number): Point {
  return { x: (cell.column + 0.5) / size, y: (cell.row + 0.5) / size };
}

/** Cells at least partly inside a window of CSS px, as half-open ranges. */
export function visibleCells(frame: Frame, width: number, height: number, size: number): { c0: number; c1: number; r0: number; r1: number } {
  const cell = frame.side / size;
  const clamp = (v: number): number => Math.min(size, Math.max(0, v));
  return {
    c0: clamp(Math.floor(-frame.left / cell)),
    c1: clamp(Math.ceil((width - frame.left) / cell)),
    r0: clamp(Math.floor(-frame.top / cell)),
    r1: clamp(Math.ceil((height - frame.top) / cell)),
  };
}

/** The side of a cell that zoom aims at, in CSS px: its icon is recognisable and its neighbours are still in sight. */
export const IDEAL_CELL = 80;
const HYSTERESIS = 0.1;

/**
 * The grid whose cells are nearest the ideal side on screen (60–110 px where grids double).
 *
 * `current` is kept until another is better by a margin, so that a hand that trembles at the border does not make it flicker.
 */
export function autoGrid(sizes: readonly number[], side: number, current: number | null): number {
  const distance = (size: number): number => Math.abs(Math.log2(side / size / IDEAL_CELL));
  let best = sizes[0] ?? 10;
  for (const size of sizes) if (distance(size) < distance(best)) best = size;
  if (current !== null && sizes.includes(current) && distance(current) < distance(best) + HYSTERESIS) return current;
  return best;
}

/** The available grid nearest to a wanted size. */
export function nearestGrid(sizes: readonly number[], wanted: number): number {
  let best = sizes[0] ?? wanted;
  for (const size of sizes) if (Math.abs(Math.log2(size / wanted)) < Math.abs(Math.log2(best / wanted))) best = size;
  return best;
}
