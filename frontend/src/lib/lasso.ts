/** Lassos: a polygon on the unit square, drawn by hand and kept short enough for a link. */
import type { CellAt, Point } from "./geometry";

/** Side of the square of which a lasso must at least take a part, or it was a click. */
const LEAST = 1e-4;
const MOST_CORNERS = 60;

/**
 * The corners that matter: those farther than a tolerance from the line between their neighbours, at most 60 of them.
 * Source: Ramer 1972, Douglas & Peucker 1973.
 */
export function simplify(points: readonly Point[], tolerance: number): Point[] {
  let kept = reduce(points, tolerance);
  for (let t = tolerance * 1.5; kept.length > MOST_CORNERS; t *= 1.5) kept = reduce(points, t);
  return kept;
}

function reduce(points: readonly Point[], tolerance: number): Point[] {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < 3) return [...points];
  let far = 0;
  let at = 0;
  for (let i = 1; i < points.length - 1; i++) {
    const d = fromLine(points[i] as Point, first, last);
    if (d > far) [far, at] = [d, i];
  }
  if (far <= tolerance) return [first, last];
  return [...reduce(points.slice(0, at + 1), tolerance).slice(0, -1), ...reduce(points.slice(at), tolerance)];
}

/** Distance from a segment. */
function fromLine(p: Point, a: Point, b: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((p.x - a.x) * dx + (p.y - a.y) * dy) / length));
  return Math.hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

/** Whether a lasso encloses anything. */
export function encloses(points: readonly Point[]): boolean {
  let area = 0;
  points.forEach((p, i) => {
    const q = points[(i + 1) % points.length] as Point;
    area += p.x * q.y - q.x * p.y;
  });
  return points.length >= 3 && Math.abs(area) / 2 > LEAST;
}

/** Whether a point is inside (even–odd rule, as the server's). */
export function contains(points: readonly Point[], { x, y }: Point): boolean {
  let inside = false;
  points.forEach((p, i) => {
    const q = points[(i + 1) % points.length] as Point;
    if (p.y > y !== q.y > y && x < ((q.x - p.x) * (y - p.y)) / (q.y - p.y) + p.x) inside = !inside;
  });
  return inside;
}

/** The cells of a grid whose middle is inside. */
export function cellsInside(points: readonly Point[], size: number): CellAt[] {
  const found: CellAt[] = [];
  const range = (values: number[]): [number, number] => [Math.max(0, Math.floor(Math.min(...values) * size)), Math.min(size, Math.ceil(Math.max(...values) * size))];
  const [[c0, c1], [r0, r1]] = [range(points.map((p) => p.x)), range(points.map((p) => p.y))];
  for (let row = r0; row < r1; row++) {
    for (let column = c0; column < c1; column++) {
      if (contains(points, { x: (column + 0.5) / size, y: (row + 0.5) / size })) found.push({ column, row });
    }
  }
  return found;
}

/** The edges between cells that are in a set and those that are not: its outline. */
export function borderOf(cells: readonly CellAt[], size: number): (readonly [Point, Point])[] {
  const key = (column: number, row: number): number => row * (size + 2) + column;
  const set = new Set(cells.map((cell) => key(cell.column, cell.row)));
  const edges: (readonly [Point, Point])[] = [];
  const add = (x0: number, y0: number, x1: number, y1: number): void => void edges.push([{ x: x0 / size, y: y0 / size }, { x: x1 / size, y: y1 / size }]);
  for (const { column: c, row: r } of cells) {
    if (!set.has(key(c, r - 1))) add(c, r, c + 1, r);
    if (!set.has(key(c, r + 1))) add(c, r + 1, c + 1, r + 1);
    if (c === 0 || !set.has(key(c - 1, r))) add(c, r, c, r + 1);
    if (!set.has(key(c + 1, r))) add(c + 1, r, c + 1, r + 1);
  }
  return edges;
}

/** "x,y;x,y;…" with four decimals, as it stands in a link. */
export function writeLasso(points: readonly Point[]): string {
  return points.map((p) => `${Number(p.x.toFixed(4))},${Number(p.y.toFixed(4))}`).join(";");
}

export function parseLasso(text: string): Point[] | null {
  const points = text.split(";").map((part) => {
    const [x, y, ...rest] = part.split(",").map((v) => (v.trim() === "" ? Number.NaN : Number(v)));
    return { x: rest.length === 0 ? (x ?? Number.NaN) : Number.NaN, y: y ?? Number.NaN };
  });
  const fine = points.length <= 1000 && points.every((p) => Math.abs(p.x) <= 2 && Math.abs(p.y) <= 2);
  return fine && encloses(points) ? points : null;
}
