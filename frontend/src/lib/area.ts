/**
 * Icons whose area stands for how many samples a cell has: side = cell · min(1, √(d · n / n̄)), with n̄ the mean over occupied cells.
 * Source: Carter et al. 2019, "Exploring neural networks with activation atlases" (Distill).
 */
import type { CellTable } from "./cells";

/** The side of each cell's icon over the cell's, 0 to 1; null where every icon is whole. `datasets`: whose samples count; null for all. */
export function iconSides(table: CellTable, datasets: readonly string[] | null, d: number): Float32Array | null {
  if (!(d > 0)) return null;
  const counts = datasets === null ? table.total : table.total.map((_, i) => datasets.reduce((sum, name) => sum + (table.count.get(name)?.[i] ?? 0), 0));
  let sum = 0;
  let occupied = 0;
  for (let i = 0; i < table.length; i++) {
    sum += counts[i] ?? 0;
    if ((counts[i] ?? 0) > 0) occupied++;
  }
  const mean = sum / Math.max(1, occupied);
  return Float32Array.from({ length: table.length }, (_, i) => Math.min(1, Math.sqrt((d * (counts[i] ?? 0)) / Math.max(1e-9, mean))));
}
