/** The heat maps, layers × grids, as tables: one a pair, the reference against itself last. */
import type { Divergence, DivergenceEntry } from "../api/types";
import { niceCeil } from "./scale";

export type Measure = "js" | "kl";

export interface Matrix {
  readonly first: string;
  readonly second: string;
  readonly isSelf: boolean;
  readonly layers: readonly string[];
  readonly sizes: readonly number[];
  /** By layer, then size; null where there is none. */
  readonly entries: readonly (readonly (DivergenceEntry | null)[])[];
}

/** The value shown: JS in bits or KL in nats, both corrected. */
export function valueOf(entry: DivergenceEntry, measure: Measure): number {
  return measure === "js" ? entry.js_corrected : entry.kl;
}

/** One table a pair in the document's order, layers and sizes in that of the atlas. */
export function matrices(divergence: Divergence, layers: readonly string[]): Matrix[] {
  const groups = new Map<string, DivergenceEntry[]>();
  for (const entry of divergence.entries) {
    const key = `${entry.is_self ? "self" : "pair"}\u0000${entry.first}\u0000${entry.second}`;
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  const sizes = [...new Set(divergence.entries.map((e) => e.size))].sort((a, b) => a - b);
  const known = layers.filter((layer) => divergence.entries.some((e) => e.layer === layer));
  const found = [...groups.values()].map((entries): Matrix => {
    const head = entries[0] as DivergenceEntry;
    return {
      first: head.first,
      second: head.second,
      isSelf: head.is_self,
      layers: known,
      sizes,
      entries: known.map((layer) => sizes.map((size) => entries.find((e) => e.layer === layer && e.size === size) ?? null)),
    };
  });
  return [...found.filter((m) => !m.isSelf), ...found.filter((m) => m.isSelf)];
}

/** A round end for the colour scale: the largest valid value of any pair, or of all where none is valid. */
export function scaleEnd(divergence: Divergence, measure: Measure): number {
  const pick = (entries: readonly DivergenceEntry[]): number => Math.max(0, ...entries.map((e) => valueOf(e, measure)));
  const valid = pick(divergence.entries.filter((e) => e.valid && !e.is_self));
  return niceCeil(valid > 0 ? valid : pick(divergence.entries));
}

/** Entries of one layer for a pair, coarse to fine. */
export function ofLayer(divergence: Divergence, layer: string, pair: readonly [string, string]): DivergenceEntry[] {
  return divergence.entries
    .filter((e) => !e.is_self && e.layer === layer && e.first === pair[0] && e.second === pair[1])
    .sort((a, b) => a.size - b.size);
}
