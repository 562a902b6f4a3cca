/** Image-set metrics as tables and curves: which rows, in which order, what of a figure to show. Pure. */
import type { AtlasView, MetricFigure, Metrics, MetricsEntry } from "../api/types";
import type { ColorMode } from "./heat";
import { formatCount, formatNumber } from "./format";

/** Name of each figure → what it is called in a column, and the colouring of the map that explains it (the score's: dots by class, too). */
export const COLUMNS: readonly (readonly [name: string, head: string, color: ColorMode])[] = [
  ["frechet_distance", "FD", "contribution"],
  ["frechet_infinity", "FD∞", "contribution"],
  ["kernel_distance", "KD", "contribution"],
  ["classifier_score", "score", "density"],
  ["precision", "precision", "precision"],
  ["recall", "recall", "recall"],
  ["density", "density", "precision"],
  ["coverage", "coverage", "coverage"],
  ["authenticity", "authentic %", "authenticity"],
  ["data_copying", "C_T", "copying"],
];

export const FINAL = "final";

export interface MetricRow {
  /** A layer, "final", "logits" or a published network's; of a slice, its label. */
  readonly name: string;
  readonly entry: MetricsEntry;
}

const NAMES: Record<Exclude<MetricsEntry["features"], "position">, string> = {
  pooled: FINAL,
  logits: "logits",
  "inception-tf": "FID (TF)",
  "inception-clean": "FID (clean)",
  dinov2: "DINOv2",
};

/** What a space of features is called. */
export function spaceOf(entry: MetricsEntry): string {
  return entry.features === "position" ? (entry.layer ?? "") : NAMES[entry.features];
}

const INCEPTION: Readonly<Record<string, string>> = { frechet_distance: "FID", frechet_infinity: "FID∞", kernel_distance: "KID" };

/** What a figure is called on these features: an FID only on those of Inception-V3. */
export function headIn(space: string, figure: string): string {
  const own = space === NAMES["inception-tf"] || space === NAMES["inception-clean"] ? INCEPTION[figure] : undefined;
  return own ?? COLUMNS.find(([name]) => name === figure)?.[1] ?? figure;
}

/** What concerns all figures of a row: each warning once, with the rows that it is of where these are not all. */
export function warningsOf(rows: readonly MetricRow[]): string[] {
  const where = new Map<string, string[]>();
  for (const { name, entry } of rows) for (const warning of entry.warnings) where.set(warning, [...(where.get(warning) ?? []), name]);
  return [...where].map(([warning, names]) => {
    const said = warning.charAt(0).toUpperCase() + warning.slice(1);
    return names.length === rows.length ? `${said}.` : `${said} (${names.slice(0, 4).join(", ")}${names.length > 4 ? ` and ${names.length - 4} more` : ""}).`;
  });
}

/** Datasets that are measured beside the reference, in their order. */
export function measured(metrics: Metrics): string[] {
  return [...new Set(metrics.entries.filter((e) => !e.is_self).map((e) => e.second))];
}

/** One dataset beside the reference (or the reference beside itself): a row a space, or a row a label. */
export function rowsOf(metrics: Metrics, second: string, labels: boolean): MetricRow[] {
  return metrics.entries.filter((e) => e.second === second && (e.label !== null) === labels).map((entry) => ({ name: entry.label ?? spaceOf(entry), entry }));
}

/** The columns that any of the rows has, in order. */
export function columnsOf(rows: readonly MetricRow[]): typeof COLUMNS {
  return COLUMNS.filter(([name]) => rows.some((row) => row.entry.figures[name]));
}

/** Of labels, sorted by a figure: rising or falling, those without a value last; by name where the figure is null. */
export function sorted(rows: readonly MetricRow[], figure: string | null, falling: boolean): MetricRow[] {
  const sign = falling ? -1 : 1;
  if (figure === null) return [...rows].sort((a, b) => sign * a.name.localeCompare(b.name));
  const value = (row: MetricRow): number | null => row.entry.figures[figure]?.value ?? null;
  return [...rows].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return sign * (x - y);
  });
}

/** How many images of either dataset a row is of: one number where both have as many. */
export function sizesOf(row: MetricRow): string {
  const any = Object.values(row.entry.figures)[0];
  return any ? sizes(any) : "";
}

function sizes({ n, m }: MetricFigure): string {
  return n === m ? formatCount(n) : `${formatCount(n)}, ${formatCount(m)}`;
}

/** What a figure is to be read with, in full: one line a fact. */
export function facts(figure: MetricFigure): string[] {
  const lines = [`n ${sizes(figure)}`];
  if (figure.low !== null && figure.high !== null) lines.push(`95 % interval ${formatNumber(figure.low)} to ${formatNumber(figure.high)}`);
  if (figure.p !== null) lines.push(`p ${formatNumber(figure.p, 2)}${figure.p_adjusted === null ? "" : `, adjusted for the number of labels ${formatNumber(figure.p_adjusted, 2)}`}`);
  if (figure.floor !== null) lines.push(`noise floor ${formatNumber(figure.floor)}`);
  if (figure.baseline !== null && figure.at_baseline !== null) lines.push(`at n ${formatCount(figure.baseline_n ?? 0)}: ${formatNumber(figure.at_baseline)}, real against real ${formatNumber(figure.baseline)}`);
  if (figure.spread !== null) lines.push(`± ${formatNumber(figure.spread)} over subsets`);
  return lines;
}

/** The noise floor, or what stands for it: real against real. */
export function floorOf(figure: MetricFigure): number | null {
  return figure.floor ?? figure.baseline;
}

export interface SeriesOf {
  readonly name: string;
  /** Datasets in the order of their values. */
  readonly members: readonly { readonly dataset: string; readonly value: number }[];
}

/** The series of an atlas that have at least two datasets. */
export function seriesOf(atlas: AtlasView): SeriesOf[] {
  const found = new Map<string, { dataset: string; value: number }[]>();
  for (const { name, series } of atlas.datasets) if (series) found.set(series.name, [...(found.get(series.name) ?? []), { dataset: name, value: series.value }]);
  return [...found].filter(([, members]) => members.length > 1).map(([name, members]) => ({ name, members: members.sort((a, b) => a.value - b.value) }));
}

export interface CurvePoint {
  readonly x: number;
  readonly figure: MetricFigure;
  readonly name: string;
}

/** A figure over a series in one space, without the datasets that do not have it. */
export function curve(metrics: Metrics, series: SeriesOf, space: string, figure: string): CurvePoint[] {
  return series.members.flatMap(({ dataset, value }) => {
    const found = metrics.entries.find((e) => e.second === dataset && !e.is_self && e.label === null && spaceOf(e) === space)?.figures[figure];
    return found && found.value !== null ? [{ x: value, figure: found, name: dataset }] : [];
  });
}

/** A linear map from an interval of values to one of pixels; an interval of no length is taken to its middle. */
export function linear(from: readonly [number, number], to: readonly [number, number]): (value: number) => number {
  const length = from[1] - from[0];
  return (value) => (length === 0 ? (to[0] + to[1]) / 2 : to[0] + ((value - from[0]) / length) * (to[1] - to[0]));
}
