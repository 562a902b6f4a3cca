/** Datasets that are a series: one thing changes from one to the next (a truncation, a step of training), on one joint map. */
import type { AtlasView, DatasetView } from "../api/types";
import type { Store } from "./store";

export interface SeriesStop {
  readonly dataset: DatasetView;
  readonly value: number;
}

export interface Series {
  readonly name: string;
  /** By rising value; each is compared with the same first dataset. */
  readonly stops: readonly SeriesStop[];
  /** Which of them is the second of the pair. */
  readonly at: number;
}

/** The series that the second dataset of a pair is one of, as far as its members are compared with the first; null for none. */
export function seriesOf(atlas: AtlasView | null, pair: readonly [string, string] | null): Series | null {
  const name = atlas?.datasets.find((d) => d.name === pair?.[1])?.series?.name;
  if (!atlas || !pair || name === undefined) return null;
  const compared = new Set(atlas.pairs.filter(([first]) => first === pair[0]).map(([, second]) => second));
  const stops = atlas.datasets
    .flatMap((dataset) => (dataset.series?.name === name && compared.has(dataset.name) ? [{ dataset, value: dataset.series.value }] : []))
    .sort((a, b) => a.value - b.value);
  return stops.length > 1 ? { name, stops, at: stops.findIndex((stop) => stop.dataset.name === pair[1]) } : null;
}

/** Go along the series: what showed the one dataset (pair, density, icons of its own means) shows the other. */
export function goInSeries(store: Store, to: number): void {
  const pair = store.pair.value;
  const series = seriesOf(store.atlas.value, pair);
  const next = series?.stops[to]?.dataset.name;
  if (!pair || next === undefined || next === pair[1]) return;
  const { density, icons, compare } = store.view.value;
  const other = (name: string): string => (name === pair[1] ? next : name);
  store.go({
    pair: [pair[0], next],
    density: density === null ? null : other(density),
    compare: compare === null ? null : other(compare),
    icons: typeof icons === "string" ? icons : { ...icons, of: other(icons.of) },
  });
}

export function stepSeries(store: Store, by: number): void {
  const series = seriesOf(store.atlas.value, store.pair.value);
  if (series) goInSeries(store, series.at + by);
}
