/**
 * The marks: the map's frame, grid lines when deep, dots for cells without an icon, and in large cells their label and counts.
 *
 * Drawn with a margin around the window; while the map moves the canvas is only transformed, and drawn again at rest or when
 * the margin is used up.
 */
import type { CellTable } from "../lib/cells";
import { visibleCells, type Frame } from "../lib/geometry";
import { formatCount } from "../lib/format";

export interface Marks {
  readonly table: CellTable | null;
  readonly size: number | null;
  /** Cells below this have no icon and are dots; Infinity where there are no icons at all. */
  readonly minCount: number;
  readonly classes: readonly string[];
  /** Datasets whose counts are printed in deep cells, in order. */
  readonly datasets: readonly string[];
  readonly colors: { readonly frame: string; readonly line: string; readonly dot: string; readonly ink: string; readonly plate: string };
}

const MARGIN = 0.2;
const LINES_FROM = 40;
const LABELS_FROM = 104;
const COUNTS_FROM = 150;

export class MarksLayer {
  private readonly canvas = document.createElement("canvas");
  private marks: Marks | null = null;
  private drawn: { frame: Frame; width: number; height: number } | null = null;

  constructor(parent: HTMLElement) {
    this.canvas.className = "map-marks";
    parent.append(this.canvas);
  }

  show(marks: Marks): void {
    this.marks = marks;
  }

  /** Move with the map; draw again only where what was drawn no longer covers the window. */
  follow(frame: Frame, width: number, height: number): void {
    const { drawn } = this;
    if (!drawn) return;
    const scale = frame.side / drawn.frame.side;
    const left = frame.left - (drawn.frame.left + MARGIN * drawn.width) * scale;
    const top = frame.top - (drawn.frame.top + MARGIN * drawn.height) * scale;
    const right = left + drawn.width * (1 + 2 * MARGIN) * scale;
    const bottom = top + drawn.height * (1 + 2 * MARGIN) * scale;
    const covered = left <= 0 && top <= 0 && right >= width && bottom >= height;
    if (scale > 1.5 || scale < 0.6 || !covered) {
      this.draw(frame, width, height);
      return;
    }
    this.canvas.style.transform = scale === 1 ? `translate(${left}px, ${top}px)` : `matrix(${scale}, 0, 0, ${scale}, ${left}, ${top})`;
  }

  draw(frame: Frame, width: number, height: number): void {
    const { canvas, marks } = this;
    const context = canvas.getContext("2d");
    if (!context || !marks || width === 0) return;
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    const [mx, my] = [Math.round(MARGIN * width), Math.round(MARGIN * height)];
    const [w, h] = [width + 2 * mx, height + 2 * my];
    if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio)) {
      canvas.width = Math.round(w * ratio);
      canvas.height = Math.round(h * ratio);
      canvas.style.width = `${w}px`;
      canvas.style.height = `${h}px`;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, w, h);
    context.translate(mx, my);
    const wide: Frame = { side: frame.side, left: frame.left + mx, top: frame.top + my };
    context.strokeStyle = marks.colors.frame;
    context.lineWidth = 1;
    context.strokeRect(Math.round(frame.left) - 0.5, Math.round(frame.top) - 0.5, Math.round(frame.side) + 1, Math.round(frame.side) + 1);
    if (marks.table && marks.size === marks.table.size) {
      const view = visibleCells(wide, w, h, marks.table.size);
      this.drawLines(context, frame, marks, view);
      this.drawDots(context, frame, marks, marks.table, view);
      this.drawWords(context, frame, marks, marks.table, view);
    }
    // What was drawn is remembered in whole px, as the margins are.
    this.drawn = { frame, width, height };
    canvas.style.transform = `translate(${-mx}px, ${-my}px)`;
  }

  private drawLines(context: CanvasRenderingContext2D, frame: Frame, marks: Marks, view: ReturnType<typeof visibleCells>): void {
    const size = marks.size ?? 1;
    const cell = frame.side / size;
    if (cell < LINES_FROM) return;
    context.strokeStyle = marks.colors.line;
    context.beginPath();
    for (let c = view.c0; c <= view.c1; c++) {
      const x = Math.round(frame.left + c * cell) + 0.5;
      context.moveTo(x, frame.top + view.r0 * cell);
      context.lineTo(x, frame.top + view.r1 * cell);
    }
    for (let r = view.r0; r <= view.r1; r++) {
      const y = Math.round(frame.top + r * cell) + 0.5;
      context.moveTo(frame.left + view.c0 * cell, y);
      context.lineTo(frame.left + view.c1 * cell, y);
    }
    context.stroke();
  }

  private drawDots(context: CanvasRenderingContext2D, frame: Frame, marks: Marks, table: CellTable, view: ReturnType<typeof visibleCells>): void {
    const cell = frame.side / table.size;
    const most = Number.isFinite(marks.minCount) ? marks.minCount : table.total.reduce((a, b) => Math.max(a, b), 1);
    context.fillStyle = marks.colors.dot;
    context.beginPath();
    for (let i = 0; i < table.length; i++) {
      const [c, r, total] = [table.column[i] ?? 0, table.row[i] ?? 0, table.total[i] ?? 0];
      if (total >= marks.minCount || c < view.c0 || c >= view.c1 || r < view.r0 || r >= view.r1) continue;
      const [x, y] = [frame.left + (c + 0.5) * cell, frame.top + (r + 0.5) * cell];
      const radius = Math.max(0.6, Math.min(9, 0.3 * cell) * Math.sqrt(total / most));
      if (radius < 1.5) {
        context.rect(x - radius, y - radius, 2 * radius, 2 * radius);
      } else {
        context.moveTo(x + radius, y);
        context.arc(x, y, radius, 0, 2 * Math.PI);
      }
    }
    context.fill();
  }

  private drawWords(context: CanvasRenderingContext2D, frame: Frame, marks: Marks, table: CellTable, view: ReturnType<typeof visibleCells>): void {
    const cell = frame.side / table.size;
    if (cell < LABELS_FROM) return;
    const family = getComputedStyle(this.canvas).fontFamily;
    context.textBaseline = "middle";
    const plate = (text: string, x: number, y: number, alignRight: boolean): void => {
      const shown = fit(context, text, cell - 16);
      const w = context.measureText(shown).width + 8;
      const left = alignRight ? x - w : x;
      context.fillStyle = marks.colors.plate;
      context.beginPath();
      context.roundRect(left, y - 8, w, 16, 3);
      context.fill();
      context.fillStyle = marks.colors.ink;
      context.fillText(shown, left + 4, y + 0.5);
    };
    const counts = marks.datasets.map((name) => table.count.get(name));
    for (let r = view.r0; r < view.r1; r++) {
      for (let c = view.c0; c < view.c1; c++) {
        const i = table.index[r * table.size + c] ?? -1;
        if (i < 0) continue;
        const [x, y] = [frame.left + c * cell, frame.top + r * cell];
        const label = marks.classes[table.label[i] ?? -1];
        context.font = `500 11px ${family}`;
        if (label && (table.total[i] ?? 0) >= Math.min(marks.minCount, 5)) plate(label, x + 4, y + cell - 12, false);
        if (cell < COUNTS_FROM) continue;
        context.font = `11px ${family}`;
        plate(counts.map((of) => formatCount(of?.[i] ?? 0)).join(" ‖ "), x + 4, y + 12, false);
      }
    }
  }
}

function fit(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let end = text.length;
  while (end > 1 && context.measureText(`${text.slice(0, end)}…`).width > width) end--;
  return `${text.slice(0, end).trimEnd()}…`;
}
