/** A veil over the cells that do not speak for a class: the ground's colour, as opaque as the cell's attribution is small. */
import type { AttributionMap } from "../api/types";
import { placeOf, type CellTable } from "./cells";

/** How clear each cell on the map is, 0 to 1: max(0, effect / the largest of this class). */
export function veilShares(table: CellTable, map: AttributionMap): Float32Array {
  const share = new Float32Array(table.length);
  for (let i = 0; i < map.column.length; i++) {
    const place = placeOf(table, { column: map.column[i] ?? -1, row: map.row[i] ?? -1 });
    if (place >= 0 && place < table.length) share[place] = Math.min(1, Math.max(0, (map.effect[i] ?? 0) / Math.max(1e-9, map.maximum)));
  }
  return share;
}

/** RGBA of size² pixels: a cell is covered as far as it is not clear, so one without a positive effect is hidden. */
export function paintVeil(table: CellTable, share: Float32Array, ground: readonly [number, number, number]): Uint8ClampedArray<ArrayBuffer> {
  const out = new Uint8ClampedArray(table.size ** 2 * 4);
  // Empty cells too: icons end on whole px, a little beyond their cells.
  for (let at = 0; at < table.index.length; at++) {
    const i = table.index[at] ?? -1;
    out.set(ground, 4 * at);
    out[4 * at + 3] = 255 * (1 - (i < 0 ? 0 : (share[i] ?? 0)));
  }
  return out;
}
