/**
 * Samples as dots, a lasso around some, and rings around a few.
 *
 * Where few dots are in the window each is drawn (OverLayer.ts). Where there are many they are painted once, as they are at
 * this zoom, for the window and some room around it; dragging then only moves that picture by whole px, which costs the compositor
 * least. Zooming stretches the picture until it is painted anew.
 */
import { countIn, eachIn } from "../lib/buckets";
import type { Frame, Point, Rect } from "../lib/geometry";

export interface Dots {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** Place in `colors`. */
  readonly kind: ArrayLike<number>;
  /** "rgb(r,g,b)" */
  readonly colors: readonly string[];
}

export interface Drawn {
  readonly dots: Dots | null;
  readonly lasso: readonly Point[] | null;
  /** Edges of the cells that the lasso takes whole. */
  readonly borders: readonly (readonly [Point, Point])[];
  readonly rings: readonly Point[];
  readonly ink: string;
  readonly plate: string;
}

/** Up to so many in the window, each dot is drawn. */
export const EACH_BELOW = 800;
const ROUND_BELOW = 300;
const RADIUS = 2.6;
const ROUND_RADIUS = 3.4;
/** Room around the window that is painted too, as a part of it on each side. */
const ROOM = 0.35;
/** While the map is zoomed the picture is painted anew no more often than this. */
const PAINT_EVERY_MS = 120;
const MOST_RATIO = 2;
/** How much of the map many dots cover together. */
const COVERED = 0.1;
/** From this side on, px, a dot has a ring. */
const RINGED = 4;

/** What a picture of many dots shows: which, and the map and the window (CSS px) that they were painted for. */
interface Painted {
  readonly dots: Dots;
  readonly frame: Frame;
  readonly width: number;
  readonly height: number;
  /** Px of the picture a CSS px. */
  readonly ratio: number;
}

/** Px around the window that are painted too. */
function roomOf({ width, height }: Pick<Painted, "width" | "height">): readonly [number, number] {
  return [Math.round(ROOM * width), Math.round(ROOM * height)];
}

export class PointsLayer {
  private drawn: Drawn | null = null;
  private readonly picture = document.createElement("canvas");
  private painted: Painted | null = null;
  private paintedAt = 0;
  private later = 0;
  private few = false;

  constructor(parent: HTMLElement) {
    this.picture.className = "map-points";
    this.picture.style.display = "none";
    parent.append(this.picture);
  }

  show(drawn: Drawn): void {
    if (this.drawn?.dots !== drawn.dots) this.painted = null;
    this.drawn = drawn;
  }

  follow(frame: Frame, width: number, height: number): void {
    clearTimeout(this.later);
    const dots = this.drawn?.dots ?? null;
    this.few = dots !== null && countIn(dots, windowOn(frame, width, height), EACH_BELOW) <= EACH_BELOW;
    const many = dots !== null && !this.few && width > 0;
    this.picture.style.display = many ? "" : "none";
    if (!many || !this.drawn) return;
    if (!this.fits(dots, frame, width, height)) {
      const wait = this.painted?.dots === dots && this.painted.width === width ? this.paintedAt + PAINT_EVERY_MS - performance.now() : 0;
      if (wait <= 0) this.paint(dots, frame, width, height);
      else this.later = window.setTimeout(() => this.follow(frame, width, height), wait);
    }
    this.lay(frame);
  }

  /** Whether there is anything for `draw`. */
  drawsAny(): boolean {
    const { drawn } = this;
    return drawn !== null && ((drawn.dots !== null && this.few) || drawn.lasso !== null || drawn.borders.length > 0 || drawn.rings.length > 0);
  }

  /** The dots where few are in the window, the lasso and the rings. */
  draw(context: CanvasRenderingContext2D, frame: Frame, width: number, height: number): void {
    const { drawn } = this;
    if (!drawn) return;
    if (drawn.dots && this.few) drawDots(context, drawn.dots, frame, width, height, drawn.plate);
    const at = (p: Point): [number, number] => [frame.left + p.x * frame.side, frame.top + p.y * frame.side];
    if (drawn.lasso) {
      context.beginPath();
      drawn.lasso.forEach((p) => context.lineTo(...at(p)));
      context.closePath();
      context.setLineDash(drawn.borders.length > 0 ? [5, 4] : []);
      stroke(context, drawn, 1.75);
      context.setLineDash([]);
    }
    if (drawn.borders.length > 0) {
      context.beginPath();
      for (const [from, to] of drawn.borders) {
        context.moveTo(...at(from));
        context.lineTo(...at(to));
      }
      stroke(context, drawn, 2);
    }
    for (const ring of drawn.rings) {
      context.beginPath();
      context.arc(...at(ring), 8, 0, 2 * Math.PI);
      stroke(context, drawn, 2);
    }
  }

  /** Many dots into a picture, in CSS px of the map. */
  printMany(context: CanvasRenderingContext2D, frame: Frame, width: number, height: number): void {
    const dots = this.drawn?.dots;
    if (!dots || this.few) return;
    const view = windowOn(frame, width, height);
    const size = sizeFor(countIn(dots, view), areaOf(frame, width, height));
    eachIn(dots, view, (i) => {
      context.fillStyle = dots.colors[dots.kind[i] as number] ?? "#888";
      context.fillRect(frame.left + (dots.x[i] as number) * frame.side - size / 2, frame.top + (dots.y[i] as number) * frame.side - size / 2, size, size);
    });
  }

  /** Whether the picture shows all of the window, at its scale. */
  private fits(dots: Dots, frame: Frame, width: number, height: number): boolean {
    const { painted } = this;
    if (!painted || painted.dots !== dots || painted.width !== width || painted.height !== height) return false;
    const [dx, dy] = [frame.left - painted.frame.left, frame.top - painted.frame.top];
    return Math.abs(frame.side / painted.frame.side - 1) < 1e-3 && Math.abs(dx) <= ROOM * width && Math.abs(dy) <= ROOM * height;
  }

  private paint(dots: Dots, frame: Frame, width: number, height: number): void {
    const ratio = Math.min(MOST_RATIO, window.devicePixelRatio || 1);
    this.painted = { dots, frame, width, height, ratio };
    splat(this.picture, this.painted, this.drawn?.plate ?? "");
    this.paintedAt = performance.now();
  }

  private lay(frame: Frame): void {
    const { painted } = this;
    if (!painted) return;
    const scale = frame.side / painted.frame.side;
    const [room, head] = roomOf(painted);
    const left = frame.left - scale * (painted.frame.left + room);
    const top = frame.top - scale * (painted.frame.top + head);
    const still = Math.abs(scale - 1) < 1e-3;
    const place = still ? `translate(${Math.round(left)}px, ${Math.round(top)}px)` : `translate(${left}px, ${top}px) scale(${scale})`;
    this.picture.style.transform = painted.ratio === 1 ? place : `${place} scale(${1 / painted.ratio})`;
  }
}

/** The window on the unit square. */
function windowOn(frame: Frame, width: number, height: number): Rect {
  return { x: -frame.left / frame.side, y: -frame.top / frame.side, width: width / frame.side, height: height / frame.side };
}

/** How much of the window the map takes, px². */
function areaOf(frame: Frame, width: number, height: number): number {
  return Math.min(frame.side, width) * Math.min(frame.side, height);
}

/** Side of a dot, px: the fewer there are the larger; all together leave most of the icons to be seen. */
function sizeFor(count: number, area: number): number {
  return Math.max(1, Math.min(5, Math.round(Math.sqrt((COVERED * area) / Math.max(1, count)))));
}

/** A line that is seen on light and dark icons. */
function stroke(context: CanvasRenderingContext2D, drawn: Drawn, width: number): void {
  context.lineJoin = "round";
  context.strokeStyle = drawn.plate;
  context.lineWidth = width + 2.5;
  context.stroke();
  context.strokeStyle = drawn.ink;
  context.lineWidth = width;
  context.stroke();
}

/** Few dots are round, with a plate around each; of more, squares, since paths of a thousand circles take longer than the icons. */
function drawDots(context: CanvasRenderingContext2D, dots: Dots, frame: Frame, width: number, height: number, plate: string): void {
  const shown: number[] = [];
  const edge = ROUND_RADIUS + 1;
  eachIn(dots, windowOn({ side: frame.side, left: frame.left + edge, top: frame.top + edge }, width + 2 * edge, height + 2 * edge), (i) => void shown.push(i));
  const round = shown.length <= ROUND_BELOW;
  for (let kind = round ? -1 : 0; kind < dots.colors.length; kind++) {
    const radius = kind < 0 ? ROUND_RADIUS + 1 : round ? ROUND_RADIUS : RADIUS;
    context.fillStyle = kind < 0 ? plate : (dots.colors[kind] ?? plate);
    context.beginPath();
    for (const i of shown) {
      if (kind >= 0 && dots.kind[i] !== kind) continue;
      const [x, y] = [frame.left + (dots.x[i] as number) * frame.side, frame.top + (dots.y[i] as number) * frame.side];
      if (round) {
        context.moveTo(x + radius, y);
        context.arc(x, y, radius, 0, 2 * Math.PI);
      } else {
        context.fillRect(Math.round(x - radius), Math.round(y - radius), 5, 5);
      }
    }
    if (round) context.fill();
  }
}

/**
 * Dots as squares of whole px, written straight into the picture's memory: a hundred thousand of them take some milliseconds, where
 * as many calls that draw would take a tenth of a second. Painted in the order of the points, so that no dataset covers the others.
 */
function splat(canvas: HTMLCanvasElement, painted: Painted, plate: string): void {
  const { dots, width, height, ratio } = painted;
  const [room, head] = roomOf(painted);
  const frame = { left: painted.frame.left + room, top: painted.frame.top + head, side: painted.frame.side };
  const [columns, rows] = [Math.round((width + 2 * room) * ratio), Math.round((height + 2 * head) * ratio)];
  if (canvas.width !== columns) canvas.width = columns;
  if (canvas.height !== rows) canvas.height = rows;
  const context = canvas.getContext("2d");
  if (!context) return;
  const image = context.createImageData(columns, rows);
  const px = new Uint32Array(image.data.buffer);
  const view = windowOn(frame, width + 2 * room, height + 2 * head);
  const count = countIn(dots, windowOn(painted.frame, width, height));
  const size = Math.round(sizeFor(count, areaOf(painted.frame, width, height)) * ratio);
  const inks = dots.colors.map((color) => abgr(context, color, 255));
  const ring = size >= RINGED * ratio ? abgr(context, plate, 150) : 0;
  const fill = (left: number, top: number, side: number, value: number): void => {
    for (let y = Math.max(0, top); y < Math.min(rows, top + side); y++) {
      for (let x = Math.max(0, left); x < Math.min(columns, left + side); x++) px[y * columns + x] = value;
    }
  };
  eachIn(dots, view, (i) => {
    const left = Math.round((frame.left + (dots.x[i] as number) * frame.side) * ratio - size / 2);
    const top = Math.round((frame.top + (dots.y[i] as number) * frame.side) * ratio - size / 2);
    if (ring) fill(left - 1, top - 1, size + 2, ring);
    fill(left, top, size, inks[dots.kind[i] as number] ?? 0xff888888);
  });
  context.putImageData(image, 0, 0);
}

/** A colour of CSS, however it is written, as a px in memory (little-endian, as every browser's machine is). */
function abgr(context: CanvasRenderingContext2D, color: string, alpha: number): number {
  context.fillStyle = color;
  // Read back as "#rrggbb", or where it is translucent as "rgba(r, g, b, a)".
  const said = String(context.fillStyle);
  const [r = 128, g = 128, b = 128] = said.startsWith("#") ? [1, 3, 5].map((at) => parseInt(said.slice(at, at + 2), 16)) : (said.match(/[\d.]+/g) ?? []).map(Number);
  return ((alpha << 24) | (b << 16) | (g << 8) | r) >>> 0;
}
