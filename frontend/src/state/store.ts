/**
 * The one store: the view (what the link says), the data it asks for, and what follows from both. Components read signals from
 * here and call `go`; nothing else changes the view.
 */
import { computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { AtlasSource, GridAddress, PointColumns } from "../api/source";
import type { AtlasSummary, AtlasView, AttributionMap, CellView, Divergence, GridView, LayerView, SearchView, SelectionRequest, SelectionView, TraceView } from "../api/types";
import { makeCellTable, pairOf, placeOf, rankCells, type CellTable, type PairTable } from "../lib/cells";
import { divergingRamp, sequentialRamp, type Ramp, type Theme } from "../lib/color";
import { autoGrid, nearestGrid, type CellAt } from "../lib/geometry";
import { heatOf, type Heat } from "../lib/heat";
import { chooseIcons, type IconChoice } from "../lib/icons";
import { resource, type Resource } from "./resource";
import type { ImageRef, Lasso, Pinned, Selected, View, Viewpoint } from "./view";

export interface Hover extends CellAt {
  /** CSS px in the map. */
  readonly left: number;
  readonly top: number;
}

/** A sample under the pointer. */
export interface HoverPoint {
  readonly point: number;
  readonly left: number;
  readonly top: number;
}

export interface Traced {
  readonly what: "cell" | "lasso";
  readonly layer: string;
  readonly wish: SelectionRequest;
}

/** Samples, at most, that are shown as dots. */
const POINTS = 100_000;

/** Members, at most, whose places are drawn in every layer. */
const PLACES = 3000;

export interface Store {
  readonly source: AtlasSource;
  /** The view without where one looks: `at` in it is out of date, so that panning does not draw every panel anew. */
  readonly view: ReadonlySignal<View>;
  /** Where one looks. */
  readonly at: ReadonlySignal<Viewpoint | null>;
  /** Change the view. */
  go(patch: Partial<View>): void;
  readonly atlas: Signal<AtlasView | null>;
  /** Every atlas of the server. */
  readonly atlases: Signal<readonly AtlasSummary[]>;
  /** Prefix of the server's addresses, with a slash at its end. */
  readonly root: string;
  /** What stopped the atlas itself from loading. */
  readonly failure: Signal<Error | null>;
  readonly offline: Signal<boolean>;
  /** The atlas on screen is no longer served. */
  readonly gone: Signal<boolean>;
  readonly theme: Signal<Theme>;
  readonly help: Signal<boolean>;
  readonly menu: Signal<boolean>;
  readonly save: Signal<boolean>;
  /** Every map on the page, and how to draw it into a picture. */
  readonly panes: Map<HTMLElement, (context: CanvasRenderingContext2D, ratio: number) => Promise<void>>;
  readonly iconsFailed: Signal<boolean>;
  readonly hover: Signal<Hover | null>;
  /** Side of the map on screen, CSS px; 0 until it is laid out. */
  readonly mapSide: Signal<number>;

  readonly layer: ReadonlySignal<LayerView | null>;
  readonly sizes: ReadonlySignal<readonly number[]>;
  readonly size: ReadonlySignal<number | null>;
  readonly grid: ReadonlySignal<GridView | null>;
  readonly address: ReadonlySignal<GridAddress | null>;
  readonly pair: ReadonlySignal<readonly [string, string] | null>;
  readonly densityOf: ReadonlySignal<string>;
  readonly icons: ReadonlySignal<IconChoice | null>;

  readonly cells: Resource<CellTable>;
  readonly divergence: Resource<Divergence>;
  readonly detail: Resource<CellView>;
  readonly pinned: Resource<CellView>;
  /** What is traced: the selected cell, else the lasso. */
  readonly tracedOf: ReadonlySignal<Traced | null>;
  readonly traced: Resource<SelectionView>;
  /** The lasso's counts. */
  readonly selection: Resource<SelectionView>;
  readonly path: Resource<TraceView>;
  /** Cells with the class that is looked for. */
  readonly found: Resource<SearchView>;
  readonly attribution: Resource<AttributionMap>;
  /** The dataset in which it is looked for. */
  readonly searchOf: ReadonlySignal<string>;
  /** Samples of the layer, where they are shown. */
  readonly points: Resource<PointColumns>;
  readonly hoverPoint: Signal<HoverPoint | null>;
  /** The sample under the pointer. */
  readonly sample: Resource<SelectionView>;
  /** What dragging on the map does. */
  readonly tool: Signal<"pan" | "lasso">;
  readonly table: ReadonlySignal<CellTable | null>;
  readonly pairTable: ReadonlySignal<PairTable | null>;
  readonly heat: ReadonlySignal<Heat | null>;
  readonly ramp: ReadonlySignal<Ramp>;
  readonly sequential: ReadonlySignal<Ramp>;
  readonly ranked: ReadonlySignal<readonly number[]>;
  /** Where the selected cell stands in the ranking, or −1. */
  readonly rank: ReadonlySignal<number>;
  /** Grid of the selected cell, in this layer; null where there is none. */
  readonly selectedGrid: ReadonlySignal<GridView | null>;
}

export function createStore(source: AtlasSource, root: string, whole: Signal<View>, theme: Signal<Theme>): Store {
  let chosen = whole.peek();
  const view = computed(() => {
    const now = whole.value;
    if ((Object.keys(now) as (keyof View)[]).some((name) => name !== "at" && now[name] !== chosen[name])) chosen = now;
    return chosen;
  });
  const atlas = signal<AtlasView | null>(null);
  const offline = signal(false);
  const mapSide = signal(0);

  const layer = computed(() => {
    const layers = atlas.value?.layers ?? [];
    // The deepest one tells most at a glance.
    return layers.find((l) => l.name === view.value.layer) ?? layers.at(-1) ?? null;
  });
  const sizes = computed(() => (layer.value?.grids ?? []).map((g) => g.size).sort((a, b) => a - b));
  let shown: number | null = null;
  const size = computed(() => {
    const wanted = view.value.grid;
    if (sizes.value.length === 0) return null;
    if (wanted === "auto") {
      if (mapSide.value === 0) return null;
      shown = autoGrid(sizes.value, mapSide.value, shown);
    } else {
      shown = nearestGrid(sizes.value, wanted);
    }
    return shown;
  });
  const grid = computed(() => layer.value?.grids.find((g) => g.size === size.value) ?? null);
  const address = computed<GridAddress | null>(
    () => (atlas.value && layer.value && grid.value ? { atlas: atlas.value.name, layer: layer.value.name, size: grid.value.size } : null),
  );
  const pairName = computed(() => {
    const pairs = atlas.value?.pairs ?? [];
    const wanted = view.value.pair?.join("~");
    return (pairs.find((p) => p.join("~") === wanted) ?? pairs[0])?.join("~") ?? null;
  });
  const pair = computed(() => (pairName.value?.split("~") ?? null) as readonly [string, string] | null);
  const densityOf = computed(() => {
    const names = atlas.value?.datasets.map((d) => d.name) ?? [];
    return names.find((n) => n === view.value.density) ?? atlas.value?.reference ?? "";
  });
  const wish = computed(() => view.value.icons);
  const icons = computed(() => chooseIcons(grid.value, wish.value));

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

  const selected = computed<Selected | null>(() => view.value.cell);
  const selectedGrid = computed(() => (selected.value ? (layer.value?.grids.find((g) => g.size === selected.value?.size) ?? null) : null));
  const detail = resource(
    computed(() => {
      const key = gridKey(selectedGrid.value);
      return key && selected.value ? `${key}#${selected.value.column},${selected.value.row}` : null;
    }),
    (abort) => {
      const cell = selected.peek() as Selected;
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

  const tracedOf = computed<Traced | null>(() => {
    const { cell, lasso } = view.value;
    const now = layer.value;
    if (cell && now && selectedGrid.value) return { what: "cell", layer: now.name, wish: { size: cell.size, cells: [{ column: cell.column, row: cell.row }] } };
    if (lasso && atlas.value?.layers.some((l) => l.name === lasso.layer)) return { what: "lasso", layer: lasso.layer, wish: { polygon: lasso.points.map((p) => [p.x, p.y]) } };
    return null;
  });
  const versionOf = (name: string): string => atlas.value?.layers.find((l) => l.name === name)?.points_version ?? "";
  const traced = resource(
    computed(() => {
      const of = tracedOf.value;
      if (!view.value.trace || !of || !atlas.value) return null;
      return `${atlas.value.name}/${of.layer}@${atlas.value.layers.map((l) => l.points_version).join()}#${JSON.stringify(of.wish)}`;
    }),
    (abort) => {
      const of = tracedOf.peek() as Traced;
      const layers = atlas.peek()?.layers.map((l) => l.name) ?? [];
      return source.selection(atlas.peek()?.name ?? "", of.layer, { ...of.wish, layers, places: PLACES, limit: 1 }, abort);
    },
    offline,
  );
  const selection = resource(
    computed(() => {
      const { lasso } = view.value;
      return lasso && atlas.value && versionOf(lasso.layer) ? `${atlas.value.name}/${lasso.layer}@${versionOf(lasso.layer)}#${JSON.stringify(lasso.points)}` : null;
    }),
    (abort) => {
      const lasso = view.peek().lasso as Lasso;
      return source.selection(atlas.peek()?.name ?? "", lasso.layer, { polygon: lasso.points.map((p) => [p.x, p.y]), limit: 1 }, abort);
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
    computed(() => (view.value.points && atlas.value && layer.value ? `${atlas.value.name}/${layer.value.name}@${layer.value.points_version}` : null)),
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

  const table = computed(() => cells.state.value.data);
  const pairTable = computed(() => (table.value ? pairOf(table.value, pair.value) : null));
  const ramp = computed(() => (view.value.color === "density" ? sequentialRamp(theme.value) : divergingRamp(theme.value)));
  const sequential = computed(() => sequentialRamp(theme.value));
  const heatKey = computed(() => `${view.value.color} ${view.value.significance} ${view.value.split}`);
  const heat = computed(() => {
    void heatKey.value;
    if (!table.value || !atlas.value) return null;
    const { color, significance, split } = view.peek();
    const wish = { mode: color, pair: pair.value, dataset: densityOf.value, significance, fdr: atlas.value.fdr, minTest: atlas.value.min_test };
    const plain = heatOf(table.value, wish);
    if (!plain || color !== "density" || split === "one" || !pair.value) return plain;
    // Two maps of densities are read on one scale.
    const limits = pair.value.map((dataset) => (table.value && heatOf(table.value, { ...wish, dataset })?.scale.limit) ?? 0);
    return { ...plain, scale: { ...plain.scale, limit: Math.max(...limits) } };
  });
  const rankKey = computed(() => `${view.value.side} ${view.value.rankBy} ${view.value.only}`);
  const ranked = computed<readonly number[]>(() => {
    void rankKey.value;
    if (!table.value || !pairTable.value || !atlas.value) return [];
    const { side, rankBy, only } = view.peek();
    return rankCells(table.value, pairTable.value, atlas.value.fdr, side, rankBy, only);
  });
  const rank = computed(() => {
    const cell = selected.value;
    if (!cell || !table.value || cell.size !== table.value.size) return -1;
    return ranked.value.indexOf(placeOf(table.value, cell));
  });

  return {
    source,
    view,
    at: computed(() => whole.value.at),
    go: (patch) => void (whole.value = { ...whole.peek(), ...patch }),
    atlas,
    atlases: signal([]),
    root,
    failure: signal(null),
    offline,
    gone: signal(false),
    theme,
    help: signal(false),
    menu: signal(false),
    save: signal(false),
    panes: new Map(),
    iconsFailed: signal(false),
    hover: signal(null),
    mapSide,
    layer,
    sizes,
    size,
    grid,
    address,
    pair,
    densityOf,
    icons,
    cells,
    divergence,
    detail,
    pinned,
    tracedOf,
    traced,
    selection,
    path,
    found,
    attribution,
    searchOf: densityOf,
    points,
    hoverPoint,
    sample,
    tool: signal("pan"),
    table,
    pairTable,
    heat,
    ramp,
    sequential,
    ranked,
    rank,
    selectedGrid,
  };
}
