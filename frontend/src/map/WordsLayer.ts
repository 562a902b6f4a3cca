/** The words of the map: in large cells their label and their counts, in smaller ones the labels of those with the most samples. */
import type { CellTable } from "../lib/cells";
import { formatCount } from "../lib/format";
import { visibleCells, type Frame } from "../lib/geometry";
import { thinLabels } from "../lib/labels";
import type { Marks } from "./MarksLayer";

/** From here on every cell is named; from THINNED_FROM on those with the most samples. */
const LABELS_FROM = 104;
const THINNED_FROM = 44;
/** Room for a label in cells too small for one, px. */
const THINNED_ROOM = 84;
const COUNTS_FROM = 150;
/** A cell less clear than this under the veil has no words. */
const NAMED_FROM = 0.4;

export class WordsLayer {
  private marks: Marks | null = null;
  private family = "sans-serif";
  /** Labels cut to the width of a cell, for the width they were cut for. */
  private readonly cut = new Map<string, string>();
  private cutFor = 0;
  private thin: { readonly table: CellTable; readonly reach: number; readonly shown: Uint8Array } | null = null;

  show(marks: Marks, family: string): void {
    this.marks = marks;
    this.family = family;
    this.cut.clear();
  }

  /** Whether cells are named at this scale. */
  shownAt(frame: Frame): boolean {
    const table = this.table();
    return table !== null && frame.side / table.size >= THINNED_FROM;
  }

  draw(context: CanvasRenderingContext2D, frame: Frame, width: number, height: number): void {
    const [marks, table] = [this.marks, this.table()];
    if (marks && table && this.shownAt(frame)) this.drawWords(context, frame, marks, table, visibleCells(frame, width, height, table.size));
  }

  /** The cells, where they are those of the grid on screen. */
  private table(): CellTable | null {
    const { marks } = this;
    return marks?.table && marks.table.size === marks.size ? marks.table : null;
  }

  /** Cells that are named at this scale: the same ones while the map is dragged. */
  private thinned(table: CellTable, cell: number, marks: Marks): Uint8Array {
    const reach = Math.ceil((THINNED_ROOM + 12) / (Math.floor(cell / 12) * 12));
    if (this.thin?.table !== table || this.thin.reach !== reach) this.thin = { table, reach, shown: thinLabels(table, reach, Math.min(marks.minCount, 5)) };
    return this.thin.shown;
  }

  private drawWords(context: CanvasRenderingContext2D, frame: Frame, marks: Marks, table: CellTable, view: ReturnType<typeof visibleCells>): void {
    const cell = frame.side / table.size;
    const thinned = cell < LABELS_FROM ? this.thinned(table, cell, marks) : null;
    const { family } = this;
    const room = thinned ? THINNED_ROOM : Math.floor(cell / 8) * 8 - 16;
    if (room !== this.cutFor) this.cut.clear();
    this.cutFor = room;
    context.textBaseline = "middle";
    const plate = (text: string, x: number, y: number): void => {
      let shown = this.cut.get(text);
      if (shown === undefined) this.cut.set(text, (shown = fit(context, text, room)));
      const w = context.measureText(shown).width + 8;
      context.fillStyle = marks.colors.plate;
      context.fillRect(x, y - 8, w, 16);
      context.fillStyle = marks.colors.ink;
      context.fillText(shown, x + 4, y + 0.5);
    };
    const counts = marks.datasets.map((name) => table.count.get(name)).reverse();
    const inks = [marks.colors.second, marks.colors.first];
    const numbers = (i: number, x: number, y: number): void => {
      const texts = counts.map((of) => formatCount(of?.[i] ?? 0)).flatMap((text, at) => (at === 0 ? [text] : [" ‖ ", text]));
      const widths = texts.map((text) => context.measureText(text).width);
      context.fillStyle = marks.colors.plate;
      context.fillRect(x, y - 8, widths.reduce((a, b) => a + b, 8), 16);
      let left = x + 4;
      texts.forEach((text, at) => {
        context.fillStyle = at % 2 === 1 || texts.length === 1 ? marks.colors.ink : (inks[at / 2] ?? marks.colors.ink);
        context.fillText(text, left, y + 0.5);
        left += widths[at] ?? 0;
      });
    };
    for (let r = view.r0; r < view.r1; r++) {
      for (let c = view.c0; c < view.c1; c++) {
        const i = table.index[r * table.size + c] ?? -1;
        if (i < 0 || (thinned && !thinned[i]) || (marks.clear?.[i] ?? 1) < NAMED_FROM) continue;
        const [x, y] = [frame.left + c * cell, frame.top + r * cell];
        const label = marks.classes[table.label[i] ?? -1];
        context.font = `500 11px ${family}`;
        if (label && (table.total[i] ?? 0) >= Math.min(marks.minCount, 5)) plate(label, x + 4, y + cell - 12);
        if (cell < COUNTS_FROM) continue;
        context.font = `11px ${family}`;
        if (counts.length > 0) numbers(i, x + 4, y + 12);
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
