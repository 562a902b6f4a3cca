/** Numbers and findings in words: one way to write each of them, everywhere in the viewer. */

import { leastRatio } from "./bound";

const MINUS = "\u2212";
const integers = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** 12,345 */
export function formatCount(value: number): string {
  return integers.format(value);
}

/** A number of about three significant digits, with a real minus sign. */
export function formatNumber(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1000 ? integers.format(size) : String(Number(size.toPrecision(digits)));
  return (value < 0 ? MINUS : "") + (text.includes("e") ? scientific(size) : text);
}

function scientific(size: number): string {
  const exponent = Math.floor(Math.log10(size));
  const mantissa = (size / 10 ** exponent).toFixed(1);
  return `${mantissa}·10${[...String(exponent)].map((c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)] ?? "⁻").join("")}`;
}

/** A share as a percentage: 0.0123 → 1.23 %. */
export function formatShare(share: number): string {
  return `${formatNumber(share * 100, share >= 0.1 ? 3 : 2)}\u202f%`;
}

/** An interval of shares: 0.9–1.6 %. */
export function formatInterval(low: number, high: number): string {
  return `${formatNumber(low * 100, 2)}–${formatShare(high)}`;
}

/** p or q: 0.034, or < 0.001. */
export function formatP(p: number | null): string {
  if (p === null) return "not tested";
  if (p < 0.001) return "< 0.001";
  return p < 0.1 ? p.toFixed(3) : p.toFixed(2);
}

/** A ratio: 3.1×, 12×. */
export function formatRatio(ratio: number): string {
  return `${ratio >= 10 ? ratio.toFixed(0) : String(Number(ratio.toFixed(1)))}×`;
}

export interface Verdict {
  /** "3.1× more in real than in sngan" */
  readonly words: string;
  readonly significant: boolean | null;
  /** "significant", "may be chance", "too few to test" */
  readonly certainty: string;
  readonly more: "first" | "second" | "equal";
  /** Where one has none: "at least 3.9×, 33× with ½ added to each"; empty elsewhere, where the words have the number. */
  readonly size: string;
  /** Where one has none, and it is surely more: the ratio at least, else null. */
  readonly least: number | null;
}

export interface VerdictOf {
  /** log2 ratio of shares, + for more of the first. */
  readonly effect: number;
  readonly q: number | null;
  readonly countFirst: number;
  readonly countSecond: number;
  /** All samples of the two on the layer, where they are known. */
  readonly sums?: readonly [number, number] | undefined;
}

/** What a cell says of two datasets, in a sentence. */
export function verdict(
  figures: VerdictOf,
  first: string,
  second: string,
  fdr: number,
): Verdict {
  const { effect, q, countFirst, countSecond } = figures;
  const significant = q === null ? null : q < fdr;
  const certainty = significant === null ? "too few samples to test" : significant ? "significant" : "may be chance";
  const ratio = 2 ** Math.abs(effect);
  if (countFirst > 0 !== countSecond > 0) {
    const [has, lacks, more] = countFirst > 0 ? ([first, second, "first"] as const) : ([second, first, "second"] as const);
    const [of, other] = (countFirst > 0 ? figures.sums : figures.sums && ([figures.sums[1], figures.sums[0]] as const)) ?? [0, 0];
    const least = leastRatio(Math.max(countFirst, countSecond), of, other);
    const sure = least > 1 ? `at least ${formatRatio(least)}, ` : "";
    return { words: `only in ${has}, none in ${lacks}`, significant, certainty, more, size: `${sure}${formatRatio(ratio)} with ½ added to each`, least: least > 1 ? least : null };
  }
  if (ratio < 1.05) return { words: `about as much in ${first} as in ${second}`, significant, certainty, more: "equal", size: "", least: null };
  const [more, less] = effect > 0 ? [first, second] : [second, first];
  return { words: `${formatRatio(ratio)} more in ${more} than in ${less}`, significant, certainty, more: effect > 0 ? "first" : "second", size: "", least: null };
}

/** "3 cells", "1 cell" */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
