/** What is loaded for the view: each kind of data follows the part of the view that it hangs on. */
import { computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { AtlasSource, GridAddress, PointColumns } from "../api/source";
import type { AttributionMap, CellFigures, CellView, Divergence, GridView, LayerView, Metrics, SearchView, SelectionView, TraceView } from "../api/types";
import { makeCellTable, type CellTable } from "../lib/cells";
import { cellsInside } from "../lib/lasso";
import { isPart } from "../lib/parts";
import { samePlace, wishOf, writePlace, type Located } from "../lib/places";
import type { Choices } from "./choices";
import { whyNot } from "./missing";
import { resource, type Resource } from "./resource";
import type { ImageRef, Pinned, Selected, Taken, View } from "./view";

/** Samples, at most, that are shown as dots. */
const POINTS = 100_000;

/** Members, at most, whose places are drawn in every layer. */
const PLACES = 3000;

/** A sample under the pointer. */
export interface HoverPoint {
  readonly point: number;
  readonly left: number;
  readonly top: number;
}

export interface Data {
  /** The server does not answer. */
  readonly offline: Signal<boolean>;
  readonly cells: Resource<CellTable>;
  readonly divergence: Resource<Divergence>;
  readonly metrics: Resource<Metrics>;
  /** Where the figures of the layer come from, while the map is coloured by one. */
  readonly figures: Resource<CellFigures>;
  readonly detail: Resource<CellView>;
  readonly pinned: Resource<CellView>;
  /** What the lasso takes: itself, or the cells that it takes whole. */
  readonly taken: ReadonlySignal<Taken | null>;
  /** Its counts. */
  readonly selection: Resource<SelectionView>;
  /** What is selected: the open cell, else what is taken. */
  readonly selected: ReadonlySignal<Located | null>;
  /** Whose members are traced. */
  readonly tracedOf: ReadonlySignal<Located | null>;
  readonly traced: Resource<SelectionView>;
  readonly path: Resource<TraceView>;
  /** Cells with the class that is looked for. */
  readonly found: Resource<SearchView>;
  readonly attribution: Resource<AttributionMap>;
  /** Samples of the layer, where they are shown. */
  readonly points: Resource<PointColumns>;
  readonly hoverPoint: Signal<HoverPoint | null>;
  /** The sample under the pointer. */
  readonly sample: Resource<SelectionView>;
}

export function createData(source: AtlasSource, view: ReadonlySignal<View>, choices: Choices): Data {
  const { atlas, layer, grid, address, densityOf, selectedGrid } = choices;
  const offline = signal(false);

  const gridKey = (g: GridView | null): string | null => (atlas.value && layer.value && g ? `${atlas.value.name}/${layer.value.name}/${g.size}@${g.version}` : null);
  const cells = resource(
    computed(() => gridKey(grid.value)),
    async (abort) => makeCellTable(await source.cells(address.peek() as GridAddress, grid.peek()?.version ?? "", abort)),
    offline,
  );
  const divergence = resource(
    computed(() => (atlas.value?.divergence_version ? `${atlas.value.name}@${atlas.value.divergence_version}` : null)),
    (abort) => source.divergence(atlas.peek()?.name ?? "", atlas.peek()?.divergence_version ?? "", abort),
    offline,
  );

  const metrics = resource(
    computed(() => (view.value.metrics !== null && atlas.value?.metrics_version ? `${atlas.value.name}@${atlas.value.metrics_version}` : null)),
    (abort) => source.metrics(atlas.peek()?.name ?? "", atlas.peek()?.metrics_version ?? "", abort),
    offline,
  );
  const figures = resource(
    computed(() => {
      const version = grid.value?.figures_version;
      return isPart(view.value.color) && version && address.value ? `${address.value.atlas}/${address.value.layer}/${address.value.size}@${version}` : null;
    }),
    (abort) => source.figures(address.peek() as GridAddress, grid.peek()?.figures_version ?? "", abort),
    offline,
    { keep: false, cached: 8 },
  );

  const detail = resource(
    computed(() => {
      const key = gridKey(selectedGrid.value);
      return key && view.value.cell ? `${key}#${view.value.cell.column},${view.value.cell.row}` : null;
    }),
    (abort) => {
      const cell = view.peek().cell as Selected;
      const where = { atlas: atlas.peek()?.name ?? "", layer: layer.peek()?.name ?? "", size: cell.size };
      return source.cell(where, cell, selectedGrid.peek()?.version ?? "", abort);
    },
    offline,
    { keep: false, cached: 64 },
  );

  const pinnedGrid = computed(() => {
    const { pin } = view.value;
    const there = pin && atlas.value?.layers.find((l) => l.name === pin.layer)?.grids.find((g) => g.size === pin.size);
    return pin && there ? { pin, version: there.version } : null;
  });
  const pinned = resource(
    computed(() => {
      const wanted = pinnedGrid.value;
      return wanted && `${atlas.value?.name}/${wanted.pin.layer}/${wanted.pin.size}@${wanted.version}#${wanted.pin.column},${wanted.pin.row}`;
    }),
    (abort) => {
      const { pin, version } = pinnedGrid.peek() as { pin: Pinned; version: string };
      return source.cell({ atlas: atlas.peek()?.name ?? "", layer: pin.layer, size: pin.size }, pin, version, abort);
    },
    offline,
    { keep: false },
  );

  const layerOf = (name: string): LayerView | undefined => atlas.value?.layers.find((l) => l.name === name);
  const versionOf = (name: string): string => layerOf(name)?.points_version ?? "";
  /** Whole cells where they are wished for and the layer has the grid, else the samples inside the line. */
  const taken = computed<Taken | null>(() => {
    const { lasso, whole } = view.value;
    if (!lasso || whole === null || !("lasso" in lasso.place)) return lasso;
    const there = layerOf(lasso.layer)?.grids.some((g) => g.size === whole);
    return there ? { layer: lasso.layer, place: { size: whole, cells: cellsInside(lasso.place.lasso, whole) } } : lasso;
  });
  /** Where its layer, and its grid, are there. */
  const takenThere = computed<Taken | null>(() => {
    const now = taken.value;
    const size = now && "cells" in now.place ? now.place.size : null;
    return now && atlas.value && whyNot({ layer: now.layer, size }, atlas.value) === null ? now : null;
  });
  const selected = computed<Located | null>(() => {
    const { cell } = view.value;
    if (cell) return layer.value && selectedGrid.value ? { layer: layer.value.name, place: { cell } } : null;
    return takenThere.value;
  });
  let of: Located | null = null;
  const tracedOf = computed<Located | null>(() => {
    const { trace } = view.value;
    const found = trace === "on" ? selected.value : trace === "path" ? null : trace;
    // The same place again must not ask again.
    if (!samePlace(found, of)) of = found;
    return of;
  });
  const traced = resource(
    computed(() => {
      const from = tracedOf.value;
      if (!from || !atlas.value || !layerOf(from.layer)) return null;
      return `${atlas.value.name}/${from.layer}@${atlas.value.layers.map((l) => l.points_version).join()}#${writePlace(from.place)}`;
    }),
    (abort) => {
      const from = tracedOf.peek() as Located;
      const layers = atlas.peek()?.layers.map((l) => l.name) ?? [];
      return source.selection(atlas.peek()?.name ?? "", from.layer, { ...wishOf(from.place), layers, places: PLACES, limit: 1 }, abort);
    },
    offline,
    { keep: false },
  );
  const selection = resource(
    computed(() => {
      const now = takenThere.value;
      return now && atlas.value && versionOf(now.layer) ? `${atlas.value.name}/${now.layer}@${versionOf(now.layer)}#${writePlace(now.place)}` : null;
    }),
    (abort) => {
      const now = takenThere.peek() as Taken;
      return source.selection(atlas.peek()?.name ?? "", now.layer, { ...wishOf(now.place), limit: 1 }, abort);
    },
    offline,
  );
  const path = resource(
    computed(() => {
      const { image, trace } = view.value;
      const there = image && trace && atlas.value?.datasets.some((d) => d.name === image.dataset);
      return there ? `${atlas.value?.name}/${image.dataset}/${image.image}@${atlas.value?.digest}` : null;
    }),
    (abort) => {
      const image = view.peek().image as ImageRef;
      return source.trace(atlas.peek()?.name ?? "", image.dataset, image.image, atlas.peek()?.digest ?? "", abort);
    },
    offline,
  );

  const labelKey = (g: GridView | null): string | null => {
    const key = gridKey(g);
    return key && view.value.label !== null ? `${key}#${view.value.label}` : null;
  };
  const found = resource(
    computed(() => {
      const key = labelKey(grid.value);
      return key && `${key}#${densityOf.value}`;
    }),
    (abort) => source.search(address.peek() as GridAddress, view.peek().label ?? "", densityOf.peek(), layer.peek()?.points_version ?? "", abort),
    offline,
  );
  const attribution = resource(
    computed(() => (grid.value?.attribution_version ? labelKey(grid.value) : null)),
    (abort) => source.attribution(address.peek() as GridAddress, view.peek().label ?? "", grid.peek()?.attribution_version ?? "", abort),
    offline,
    { keep: false },
  );
  const points = resource(
    computed(() => (choices.dotsShown.value && atlas.value && layer.value ? `${atlas.value.name}/${layer.value.name}@${layer.value.points_version}` : null)),
    (abort) => source.points(atlas.peek()?.name ?? "", layer.peek()?.name ?? "", POINTS, layer.peek()?.points_version ?? "", abort),
    offline,
    { keep: false, cached: 4 },
  );
  const hoverPoint = signal<HoverPoint | null>(null);
  const sample = resource(
    computed(() => (hoverPoint.value && layer.value ? `${atlas.value?.name}/${layer.value.name}@${layer.value.points_version}#${hoverPoint.value.point}` : null)),
    (abort) => source.selection(atlas.peek()?.name ?? "", layer.peek()?.name ?? "", { rows: [hoverPoint.peek()?.point ?? 0], limit: 1 }, abort),
    offline,
    { keep: false, cached: 200 },
  );
  return { offline, cells, divergence, metrics, figures, detail, pinned, taken, selection, selected, tracedOf, traced, path, found, attribution, points, hoverPoint, sample };
}
