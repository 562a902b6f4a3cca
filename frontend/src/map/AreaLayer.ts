/** Icons cut to an area: a frame in the background's colour over each cell, drawn into the icons' canvas. */
import type { CellTable } from "../lib/cells";
import { visibleCells, type Frame } from "../lib/geometry";
import { drawSquare } from "./HeatLayer";

export interface Areas {
  readonly table: CellTable;
  /** Of each cell, the icon's side over the cell's. */
  readonly sides: Float32Array;
  readonly ground: string;
}

/** Below this many px a cell all frames are painted once and drawn as one picture. */
const EACH_FROM = 32;
const BEYOND = 0.75;

export class AreaLayer {
  private areas: Areas | null = null;
  private readonly picture = document.createElement("canvas");
  private painted = false;

  show(areas: Areas | null): void {
    this.areas = areas;
    this.painted = false;
  }

  draw(context: CanvasRenderingContext2D, frame: Frame, width: number, height: number): void {
    const { areas } = this;
    if (!areas) return;
    const { table } = areas;
    const cell = frame.side / table.size;
    if (cell < EACH_FROM) {
      if (!this.painted) this.paint(areas);
      drawSquare(context, this.picture, frame, false);
      return;
    }
    const view = visibleCells(frame, width, height, table.size);
    context.fillStyle = areas.ground;
    context.beginPath();
    for (let r = view.r0; r < view.r1; r++) {
      for (let c = view.c0; c < view.c1; c++) {
        const i = table.index[r * table.size + c] as number;
        if (i >= 0) addFrame(context, frame.left + c * cell, frame.top + r * cell, cell, areas.sides[i] as number);
      }
    }
    context.fill();
  }

  private paint(areas: Areas): void {
    const { table } = areas;
    const cell = Math.max(4, Math.min(24, Math.floor(1600 / table.size)));
    this.picture.width = this.picture.height = cell * table.size;
    const context = this.picture.getContext("2d");
    if (!context) return;
    context.fillStyle = areas.ground;
    context.beginPath();
    for (let i = 0; i < table.length; i++) addFrame(context, (table.column[i] as number) * cell, (table.row[i] as number) * cell, cell, areas.sides[i] as number);
    context.fill();
    this.painted = true;
  }
}

function addFrame(context: CanvasRenderingContext2D, x: number, y: number, cell: number, side: number): void {
  const edge = (cell * (1 - side)) / 2;
  if (edge < 0.25) return;
  const inner = cell - 2 * edge;
  // A little beyond the cell, as tiles are drawn to whole px.
  const wide = cell + 2 * BEYOND;
  context.rect(x - BEYOND, y - BEYOND, wide, edge + BEYOND);
  context.rect(x - BEYOND, y + edge + inner, wide, edge + BEYOND);
  context.rect(x - BEYOND, y + edge, edge + BEYOND, inner);
  context.rect(x + edge + inner, y + edge, edge + BEYOND, inner);
}
