/** What an entry of the heat maps is to be read with, each fact with the name of its figure (lib/figures.ts). Pure. */
import type { DivergenceEntry } from "../api/types";
import type { FigureName } from "./figures";
import { formatCount, formatNumber, formatP } from "./format";

export interface Fact {
  readonly of: FigureName;
  /** Instead of the figure's title. */
  readonly name?: string;
  readonly text: string;
  /** To be taken with care. */
  readonly care?: boolean;
}

export function entryFacts(entry: DivergenceEntry): Fact[] {
  const facts: Fact[] = [
    { of: "js", name: "JS", text: `${formatNumber(entry.js_corrected)} bits` },
    { of: "interval", text: `${formatNumber(entry.js_low)} to ${formatNumber(entry.js_high)}` },
    { of: "p", text: formatP(entry.p) },
    { of: "null", text: `${formatNumber(entry.js_null_mean)} ± ${formatNumber(entry.js_null_sd, 2)}` },
    { of: "plain", text: formatNumber(entry.js) },
    { of: "kl", name: "KL", text: `${formatNumber(entry.kl)} nats, reversed ${formatNumber(entry.kl_reverse)}` },
    { of: "points", text: `${formatNumber(entry.points_per_cell)} in ${formatCount(entry.occupied)} cells`, care: !entry.valid },
  ];
  if (!entry.is_self) facts.push({ of: "significant", text: `${formatCount(entry.significant)} of ${formatCount(entry.tested)} tested` });
  if (entry.within_p != null) {
    facts.push({ of: "within", text: `${formatNumber(entry.js_within)}, by chance ${formatNumber(entry.within_null_mean ?? 0)}, p ${formatP(entry.within_p)}; ${formatCount(entry.split_significant)} of ${formatCount(entry.split_tested)} cells split` });
  }
  if (!entry.is_self && entry.needed != null) {
    const here = Math.min(entry.n, entry.m);
    facts.push({ of: "needed", text: `${formatCount(entry.needed)}; here ${formatCount(here)}`, care: here < entry.needed });
  }
  if (entry.agreement != null) {
    facts.push({ of: "agreement", text: `${formatNumber(entry.agreement)}; ${(entry.js_seeds ?? []).map((js) => formatNumber(js)).join(", ")} bits` });
  }
  return facts;
}
