/** Which cells are named where not every cell has room for its name: those with the most samples first, the same at every pan. */
import type { CellTable } from "./cells";

/** How far apart, in cells, two cells must be that say the same. */
const SAME_APART = 3;

/**
 * Cells whose label is shown, as 1 in an array by cell.
 *
 * @param reach how many cells wide a label is; labels lie in rows and begin at their cell.
 * @param least samples from which a cell is named.
 */
export function thinLabels(table: CellTable, reach: number, least: number): Uint8Array {
  const shown = new Uint8Array(table.length);
  const wide = Math.max(1, Math.ceil(reach));
  const order = Array.from({ length: table.length }, (_, i) => i)
    .filter((i) => table.label[i] !== null && (table.total[i] ?? 0) >= least)
    .sort((a, b) => (table.total[b] ?? 0) - (table.total[a] ?? 0) || a - b);
  const at = (column: number, row: number): number => (column >= 0 && row >= 0 && column < table.size && row < table.size ? (table.index[row * table.size + column] ?? -1) : -1);
  for (const i of order) {
    const [column, row] = [table.column[i] ?? 0, table.row[i] ?? 0];
    const far = Math.max(wide, SAME_APART);
    let free = true;
    for (let r = row - SAME_APART; free && r <= row + SAME_APART; r++) {
      for (let c = column - far; free && c <= column + far; c++) {
        const j = at(c, r);
        if (j < 0 || !shown[j]) continue;
        const covers = r === row && Math.abs(c - column) < wide;
        const repeats = Math.abs(c - column) < SAME_APART && Math.abs(r - row) < SAME_APART && table.label[j] === table.label[i];
        free = !covers && !repeats;
      }
    }
    if (free) shown[i] = 1;
  }
  return shown;
}
