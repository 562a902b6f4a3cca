/**
 * The marks: the map's frame, grid lines when deep, and dots for cells without an icon.
 *
 * Drawn into the icons' canvas, under the heat, in every frame that draws at all: only what is in the window, without a path more
 * than needed.
 */
import type { CellTable } from "../lib/cells";
import { visibleCells, type Frame } from "../lib/geometry";
import { drawSquare, lay } from "./HeatLayer";

export interface Marks {
  readonly table: CellTable | null;
  readonly size: number | null;
  /** Cells below this have no icon and are dots; Infinity where there are no icons at all. */
  readonly minCount: number;
  /** The count of the largest dot. */
  readonly dotCount: number;
  /** The dataset whose samples the dots count; null for all. */
  readonly of: string | null;
  readonly classes: readonly string[];
  /** The pair, whose counts are printed in deep cells: the second, as a rule the generated one, before the first. */
  readonly datasets: readonly string[];
  /** How clear each cell is under a veil, 0 to 1: what is nearly covered is not named; null without a veil. */
  readonly clear: Float32Array | null;
  readonly colors: { readonly frame: string; readonly line: string; readonly dot: string; readonly ink: string; readonly plate: string; readonly first: string; readonly second: string };
}

const LINES_FROM = 40;
const BAKED_BELOW = 32;

export class MarksLayer {
  private marks: Marks | null = null;
  /** The dots of cells that are too small for each to be drawn. */
  private readonly baked = document.createElement("canvas");
  private bakedOf: CellTable | null = null;

  constructor(parent: HTMLElement) {
    this.baked.className = "map-dots";
    parent.append(this.baked);
  }

  show(marks: Marks): void {
    this.marks = marks;
    this.bakedOf = null;
  }

  /** Lay the baked dots over the map where its cells are small, painting them first where they are not those of this grid. */
  follow(frame: Frame): void {
    const { marks } = this;
    const table = marks && marks.table && marks.table.size === marks.size ? marks.table : null;
    const needed = marks !== null && table !== null && frame.side / table.size < BAKED_BELOW;
    if (needed && this.bakedOf !== table) {
      bakeDots(this.baked, marks, table);
      this.bakedOf = table;
    }
    this.baked.style.display = needed ? "" : "none";
    if (needed) lay(this.baked, frame);
  }

  /** The baked dots into a picture, where they are shown. */
  drawBaked(context: CanvasRenderingContext2D, frame: Frame): void {
    if (this.baked.style.display !== "none" && this.bakedOf) drawSquare(context, this.baked, frame, true);
  }

  draw(context: CanvasRenderingContext2D, frame: Frame, width: number, height: number): void {
    const { marks } = this;
    if (!marks) return;
    context.strokeStyle = marks.colors.frame;
    context.lineWidth = 1;
    context.strokeRect(Math.round(frame.left) - 0.5, Math.round(frame.top) - 0.5, Math.round(frame.side) + 1, Math.round(frame.side) + 1);
    if (!marks.table || marks.size !== marks.table.size) return;
    const view = visibleCells(frame, width, height, marks.table.size);
    this.drawLines(context, frame, marks, marks.table, view);
    this.drawDots(context, frame, marks, marks.table, view);
  }

  /** Lines around the cells that hold something; the rest of the map stays empty. */
  private drawLines(context: CanvasRenderingContext2D, frame: Frame, marks: Marks, table: CellTable, view: ReturnType<typeof visibleCells>): void {
    const cell = frame.side / table.size;
    if (cell < LINES_FROM) return;
    const edge = (from: number, i: number): number => Math.round(from + i * cell) + 0.5;
    context.strokeStyle = marks.colors.line;
    context.beginPath();
    for (let r = view.r0; r < view.r1; r++) {
      for (let c = view.c0; c < view.c1; c++) {
        if ((table.index[r * table.size + c] as number) < 0) continue;
        const [x, y] = [edge(frame.left, c), edge(frame.top, r)];
        context.rect(x, y, edge(frame.left, c + 1) - x, edge(frame.top, r + 1) - y);
      }
    }
    context.stroke();
  }

  private drawDots(context: CanvasRenderingContext2D, frame: Frame, marks: Marks, table: CellTable, view: ReturnType<typeof visibleCells>): void {
    const cell = frame.side / table.size;
    if (cell < BAKED_BELOW) {
      // They lie in a canvas of their own (`follow`).
      return;
    }
    const counts = countsOf(marks, table);
    context.fillStyle = marks.colors.dot;
    context.beginPath();
    for (let r = view.r0; r < view.r1; r++) {
      for (let c = view.c0; c < view.c1; c++) {
        const i = table.index[r * table.size + c] as number;
        const total = table.total[i] as number;
        if (i >= 0 && total < marks.minCount && (counts[i] as number) > 0) dot(context, frame.left + (c + 0.5) * cell, frame.top + (r + 0.5) * cell, radiusOf(marks, counts[i] as number, cell));
      }
    }
    context.fill();
  }

}

function countsOf(marks: Marks, table: CellTable): Uint32Array {
  return (marks.of !== null && table.count.get(marks.of)) || table.total;
}

function radiusOf(marks: Marks, total: number, cell: number): number {
  return Math.max(0.6, Math.min(9, 0.3 * cell) * Math.sqrt(total / marks.dotCount));
}

function dot(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.moveTo(x + radius, y);
  context.arc(x, y, radius, 0, 2 * Math.PI);
}

/** All dots of a grid as one picture: thousands of small circles in every frame would cost more than the icons. */
function bakeDots(canvas: HTMLCanvasElement, marks: Marks, table: CellTable): void {
  const cell = Math.max(4, Math.min(16, Math.floor(1600 / table.size)));
  canvas.width = canvas.height = cell * table.size;
  const context = canvas.getContext("2d");
  if (!context) return;
  const counts = countsOf(marks, table);
  context.fillStyle = marks.colors.dot;
  context.beginPath();
  for (let i = 0; i < table.length; i++) {
    const total = table.total[i] ?? 0;
    if (total >= marks.minCount || (counts[i] as number) === 0) continue;
    dot(context, ((table.column[i] ?? 0) + 0.5) * cell, ((table.row[i] ?? 0) + 0.5) * cell, radiusOf(marks, counts[i] as number, cell));
  }
  context.fill();
}
