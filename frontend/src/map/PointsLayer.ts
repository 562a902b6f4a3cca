/**
 * Samples as dots, a lasso around some, and rings around a few. Where few dots are in the window each is drawn into the icons'
 * canvas; where there are many they are painted once, as a picture that follows the map like the heat.
 */
import type { Frame, Point } from "../lib/geometry";
import { drawSquare, lay } from "./HeatLayer";

export interface Dots {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** Place in `colors`. */
  readonly kind: ArrayLike<number>;
  readonly colors: readonly string[];
}

export interface Drawn {
  readonly dots: Dots | null;
  readonly lasso: readonly Point[] | null;
  readonly rings: readonly Point[];
  readonly ink: string;
  readonly plate: string;
}

const EACH_BELOW = 800;
const ROUND_BELOW = 300;
const PICTURE_SIDE = 1600;
const RADIUS = 2.6;

export class PointsLayer {
  private drawn: Drawn | null = null;
  private readonly picture = document.createElement("canvas");
  private painted: Dots | null = null;

  constructor(parent: HTMLElement) {
    this.picture.className = "map-points";
    this.picture.style.display = "none";
    parent.append(this.picture);
  }

  show(drawn: Drawn): void {
    this.drawn = drawn;
    if (this.painted !== drawn.dots) this.painted = null;
  }

  follow(frame: Frame, width: number, height: number): void {
    const dots = this.drawn?.dots ?? null;
    const many = dots !== null && inWindow(dots, frame, width, height) > EACH_BELOW;
    this.picture.style.display = many ? "" : "none";
    if (!many) return;
    if (this.painted !== dots) {
      paint(this.picture, dots);
      this.painted = dots;
    }
    lay(this.picture, frame);
  }

  /** The painted dots into a picture, where they are shown. */
  drawPainted(context: CanvasRenderingContext2D, frame: Frame): void {
    if (this.painted && this.picture.style.display !== "none") drawSquare(context, this.picture, frame, true);
  }

  draw(context: CanvasRenderingContext2D, frame: Frame, width: number, height: number): void {
    const { drawn } = this;
    if (!drawn) return;
    const at = (p: Point): [number, number] => [frame.left + p.x * frame.side, frame.top + p.y * frame.side];
    if (drawn.dots && inWindow(drawn.dots, frame, width, height) <= EACH_BELOW) drawDots(context, drawn.dots, frame, width, height, drawn.plate);
    if (drawn.lasso) {
      context.beginPath();
      drawn.lasso.forEach((p) => context.lineTo(...at(p)));
      context.closePath();
      stroke(context, drawn, 1.75);
    }
    for (const ring of drawn.rings) {
      context.beginPath();
      context.arc(...at(ring), 8, 0, 2 * Math.PI);
      stroke(context, drawn, 2);
    }
  }
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

/** How many dots are in the window; more than the limit is as good as the limit and one. */
function inWindow(dots: Dots, frame: Frame, width: number, height: number): number {
  const [x0, x1] = [-frame.left / frame.side, (width - frame.left) / frame.side];
  const [y0, y1] = [-frame.top / frame.side, (height - frame.top) / frame.side];
  let found = 0;
  for (let i = 0; i < dots.x.length && found <= EACH_BELOW; i++) {
    const [x, y] = [dots.x[i] as number, dots.y[i] as number];
    if (x >= x0 && x < x1 && y >= y0 && y < y1) found++;
  }
  return found;
}

/** Few dots are round, with a plate around each; of more, squares, since paths of a thousand circles take longer than the icons. */
function drawDots(context: CanvasRenderingContext2D, dots: Dots, frame: Frame, width: number, height: number, plate: string): void {
  const round = inWindow(dots, frame, width, height) <= ROUND_BELOW;
  for (let kind = round ? -1 : 0; kind < dots.colors.length; kind++) {
    const radius = kind < 0 ? RADIUS + 1 : RADIUS;
    context.fillStyle = kind < 0 ? plate : (dots.colors[kind] ?? plate);
    context.beginPath();
    for (let i = 0; i < dots.x.length; i++) {
      if (kind >= 0 && dots.kind[i] !== kind) continue;
      const [x, y] = [frame.left + (dots.x[i] as number) * frame.side, frame.top + (dots.y[i] as number) * frame.side];
      if (x < -radius || y < -radius || x > width + radius || y > height + radius) continue;
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

function paint(canvas: HTMLCanvasElement, dots: Dots): void {
  canvas.width = canvas.height = PICTURE_SIDE;
  const context = canvas.getContext("2d");
  if (!context) return;
  // In the order of the points, so that no dataset covers the others.
  for (let i = 0; i < dots.x.length; i++) {
    context.fillStyle = dots.colors[dots.kind[i] as number] ?? "#888";
    context.fillRect((dots.x[i] as number) * PICTURE_SIDE - 1.2, (dots.y[i] as number) * PICTURE_SIDE - 1.2, 2.4, 2.4);
  }
}
