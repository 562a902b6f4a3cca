/** Colours that say where a figure comes from: each cell's part of precision, recall, coverage, authenticity or C_T. Pure. */
import type { CellFigures } from "../api/types";
import type { Heat } from "./heat";
import { evenScale, niceCeil, quantile } from "./scale";

export const PARTS = ["precision", "recall", "coverage", "authenticity", "copying"] as const;
export type PartMode = (typeof PARTS)[number];

export type PairParts = CellFigures["pairs"][number];

export function isPart(mode: string): mode is PartMode {
  return (PARTS as readonly string[]).includes(mode);
}

/** The parts of the dataset of a pair beside the reference; null where neither of the two is the reference. */
export function partsOf(figures: CellFigures | null, pair: readonly [string, string] | null): PairParts | null {
  return figures?.pairs.find((p) => pair?.includes(p.first) && pair.includes(p.second)) ?? null;
}

/** Fewer images than this in a cell say little of a share. */
const SURE = 5;

/**
 * Values and scale of the first `length` cells (without *outside*). Shares are of the cell's images: of the second dataset for precision
 * and authenticity, of the first for recall and coverage; where few were looked at they are faint. C_T is a z, below 0 for copies.
 */
export function partHeat(parts: PairParts, mode: PartMode, length: number): Heat | null {
  if (mode === "copying") {
    if (!parts.copying) return null;
    const values = Float32Array.from({ length }, (_, i) => -(parts.copying?.[i] ?? 0));
    const certainty = Float32Array.from({ length }, (_, i) => (parts.copying?.[i] === null ? 0 : 1));
    const scale = evenScale(Math.max(3, niceCeil(quantile(values.map(Math.abs), 0.995))), true, 1);
    return { values, certainty, scale, plain: scale };
  }
  const [part, of] = PART_COLUMNS[mode];
  const values = Float32Array.from({ length }, (_, i) => (parts[part][i] ?? 0) / Math.max(1, parts[of][i] ?? 0));
  const certainty = Float32Array.from({ length }, (_, i) => Math.min(1, (parts[of][i] ?? 0) / SURE));
  const scale = evenScale(1, false, 1);
  return { values, certainty, scale, plain: scale };
}

const PART_COLUMNS = {
  precision: ["outside", "m"],
  recall: ["missed", "n"],
  coverage: ["uncovered", "n"],
  authenticity: ["close", "m"],
} as const;

/** What the colour of a cell says, in words. */
export function partWords(parts: PairParts, mode: PartMode, place: number): string {
  if (mode === "copying") {
    const z = parts.copying?.[place];
    return z === null || z === undefined ? "C_T: fewer than 10 images of either" : `C_T: z ${z.toFixed(1)}`;
  }
  const [part, of] = PART_COLUMNS[mode];
  const words = { precision: "in no ball of", recall: "in no ball of", coverage: "without a neighbour of", authenticity: "too near to one of" }[mode];
  const other = of === "m" ? parts.first : parts.second;
  return `${parts[part][place] ?? 0} of ${parts[of][place] ?? 0} ${words} ${other}`;
}
