/** Lassos: a polygon on the unit square, drawn by hand and kept short enough for a link. */
import type { Point } from "./geometry";

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
