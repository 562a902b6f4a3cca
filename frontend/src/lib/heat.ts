/** From the cells of a grid and a colour mode to the N × N picture that lies over the icons. Pure: the canvas is elsewhere. */
import { pairOf, type CellTable } from "./cells";
import type { Ramp } from "./color";
import { isPart, type PartMode } from "./parts";
import { evenScale, niceCeil, place, quantile, type Scale } from "./scale";

export type ColorMode = "effect" | "contribution" | "density" | PartMode | "none";

export interface HeatWish {
  readonly mode: ColorMode;
  readonly pair: readonly [string, string] | null;
  readonly dataset: string;
  /** Fade what is not significant. */
  readonly significance: boolean;
  readonly fdr: number;
  readonly minTest: number;
}

export interface Heat {
  readonly values: Float32Array;
  /** 0–1, one a cell: how sure the value is. */
  readonly certainty: Float32Array | null;
  /** As it is shown. */
  readonly scale: Scale;
  /** From the data. */
  readonly plain: Scale;
}

/** How much of its opacity a cell keeps that is not significant. */
export const FADED = 0.12;

/** Values, certainty and scale of a colour mode; null where there is nothing to colour. */
export function heatOf(table: CellTable, wish: HeatWish): Heat | null {
  if (wish.mode === "none" || isPart(wish.mode)) return null;
  if (wish.mode === "density") {
    const counts = table.count.get(wish.dataset);
    if (!counts) return null;
    const values = Float32Array.from(counts.subarray(0, table.length));
    const scale = evenScale(niceCeil(quantile(values, 0.995)), false, 0.5);
    return { values, certainty: null, scale, plain: scale };
  }
  const pair = pairOf(table, wish.pair);
  if (!pair) return null;
  const n = table.length;
  const values = (wish.mode === "effect" ? pair.effect : pair.contribution).subarray(0, n);
  let certainty: Float32Array | null = null;
  if (wish.significance) {
    certainty = new Float32Array(n);
    for (let i = 0; i < n; i++) certainty[i] = (pair.q[i] ?? 1) < wish.fdr ? 1 : FADED;
  }
  const sizes: number[] = [];
  const significant: number[] = [];
  for (let i = 0; i < n; i++) {
    if ((table.total[i] ?? 0) >= wish.minTest) sizes.push(Math.abs(values[i] ?? 0));
    if ((pair.q[i] ?? 1) < wish.fdr) significant.push(Math.abs(values[i] ?? 0));
  }
  // Of effects the significant ones must be told apart; the full colour stands for a ratio of 4 to 16.
  const effects = Math.max(quantile(sizes, 0.97), quantile(significant, 0.5));
  const limit = wish.mode === "effect" ? Math.min(4, Math.max(2, Math.ceil(effects - 0.1))) : niceCeil(quantile(sizes, 0.995));
  const scale = evenScale(limit, true, wish.mode === "effect" ? 1 : 0.5);
  return { values, certainty, scale, plain: scale };
}

/**
 * Paints RGBA of size² pixels, rows from the top. Strong values are more opaque than weak ones, so that icons of cells where
 * nothing differs stay clear; at opacity 1 every cell is opaque and the picture is a plain heat map.
 */
export function paintHeat(table: CellTable, heat: Heat, ramp: Ramp, opacity: number, out: Uint8ClampedArray): void {
  out.fill(0);
  for (let i = 0; i < heat.values.length; i++) {
    const t = place(heat.scale, heat.values[i] ?? 0);
    const strength = heat.scale.signed ? Math.abs(2 * t - 1) : t;
    const alpha = opacity ** (1 + 3 * (1 - strength)) * (heat.certainty?.[i] ?? 1);
    const from = 3 * Math.round(t * 255);
    const to = 4 * ((table.row[i] ?? 0) * table.size + (table.column[i] ?? 0));
    out[to] = ramp[from] ?? 0;
    out[to + 1] = ramp[from + 1] ?? 0;
    out[to + 2] = ramp[from + 2] ?? 0;
    out[to + 3] = 255 * alpha;
  }
}
