/**
 * What the view means in this atlas: the layer, grid, pair, dataset and icons that are shown. A link may name what the atlas does not
 * have (yet); here the nearest that exists takes its place.
 */
import { computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { GridAddress } from "../api/source";
import type { AtlasView, GridView, LayerView } from "../api/types";
import { autoGrid, nearestGrid, type Rect } from "../lib/geometry";
import { chooseIcons, type IconChoice } from "../lib/icons";
import type { View } from "./view";

/** A cell of the finest grid as large as this, CSS px, is deep enough to show its samples. */
const DEEP_CELL = 150;

export interface Choices {
  readonly atlas: Signal<AtlasView | null>;
  /** Side of the map on screen, CSS px; 0 until it is laid out. */
  readonly mapSide: Signal<number>;
  /** The part of the map in the window. */
  readonly bounds: Signal<Rect>;
  /** Samples are shown as dots. */
  readonly dotsShown: ReadonlySignal<boolean>;
  readonly layer: ReadonlySignal<LayerView | null>;
  readonly sizes: ReadonlySignal<readonly number[]>;
  readonly size: ReadonlySignal<number | null>;
  readonly grid: ReadonlySignal<GridView | null>;
  readonly address: ReadonlySignal<GridAddress | null>;
  readonly pair: ReadonlySignal<readonly [string, string] | null>;
  readonly densityOf: ReadonlySignal<string>;
  /** The datasets whose samples the icons' area is of; null for all. */
  readonly areaOf: ReadonlySignal<readonly string[] | null>;
  /** The dataset in which a class is looked for. */
  readonly searchOf: ReadonlySignal<string>;
  readonly icons: ReadonlySignal<IconChoice | null>;
  /** Grid of the selected cell; null where its layer or grid is not there. */
  readonly selectedGrid: ReadonlySignal<GridView | null>;
}

export function createChoices(view: ReadonlySignal<View>): Choices {
  const atlas = signal<AtlasView | null>(null);
  const mapSide = signal(0);
  const bounds = signal<Rect>({ x: 0, y: 0, width: 1, height: 1 });

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
  const areaOf = computed(() => {
    const wanted = view.value.areaOf;
    return wanted !== null && atlas.value?.datasets.some((d) => d.name === wanted) ? [wanted] : pair.value;
  });
  const wish = computed(() => view.value.icons);
  const icons = computed(() => chooseIcons(grid.value, wish.value));
  const selectedGrid = computed(() => {
    const { cell } = view.value;
    // A cell of a layer that is not there is no cell of the one that is shown instead.
    if (view.value.layer !== null && view.value.layer !== layer.value?.name) return null;
    return (cell && layer.value?.grids.find((g) => g.size === cell.size)) ?? null;
  });

  const dotsShown = computed(() => view.value.points ?? mapSide.value / (sizes.value.at(-1) ?? Infinity) >= DEEP_CELL);

  return { atlas, mapSide, bounds, dotsShown, layer, sizes, size, grid, address, pair, densityOf, areaOf, searchOf: densityOf, icons, selectedGrid };
}
