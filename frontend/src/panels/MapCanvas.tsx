/**
 * One map in the page: hands signals to MapView, and what happens on the map to the store. There is one, or two that move together:
 * the first dataset of the pair on the one that leads, the second on the other.
 */
import { computed, effect, signal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { GridAddress } from "../api/source";
import type { PyramidView } from "../api/types";
import { iconSides } from "../lib/area";
import { placeOf } from "../lib/cells";
import { cellOf, cellRect, OUTSIDE, type Point } from "../lib/geometry";
import { heatOf, paintHeat, type Heat } from "../lib/heat";
import { marked, MARKED } from "../lib/hits";
import { chooseIcons, iconName, type IconChoice } from "../lib/icons";
import { titleOf } from "../lib/names";
import { paintVeil, veilShares } from "../lib/veil";
import { MapView, type IconTiles } from "../map/MapView";
import { listenToKeys, type MapControls } from "../state/keys";
import { openPoint } from "../state/actions";
import { choosingOf, toggleCell } from "../state/choosing";
import type { Store } from "../state/store";
import type { Viewpoint } from "../state/view";
import { useStore } from "./context";
import { drawnOn, isDeep, pointNear } from "./drawn";
import { LassoTool } from "./LassoTool";
import { markNotes } from "./noteMarks";

/** Until icons that could not be read are asked for again. */
const RETRY_MS = 3000;
/** --ground of the themes (styles/tokens.css), as numbers for a picture. */
const GROUND = { dark: [16, 18, 22], light: [244, 244, 241] } as const;

export function MapCanvas({ lead, onReady }: { lead: boolean; onReady?: (controls: MapControls | null) => void }) {
  const store = useStore();
  const element = useRef<HTMLDivElement>(null);
  const pointAt = useRef<(left: number, top: number) => Point>(() => ({ x: 0, y: 0 }));
  const shown = useMemo(() => {
    const of = computed(() => (store.view.value.split === "one" ? null : (store.pair.value?.[lead ? 0 : 1] ?? null)));
    return { of, icons: computed(() => iconsOf(store, of.value)), heat: computed(() => heatFor(store, of.value)) };
  }, []);

  useEffect(() => {
    if (!element.current) return;
    const here = element.current;
    let retry = 0;
    const again = signal(0);
    let said: Viewpoint | null = store.at.peek();
    const map = new MapView(here, {
      hover: (point, left, top) => {
        const size = store.size.peek();
        const table = store.table.peek();
        const cell = point && size !== null ? cellOf(point, size) : null;
        const there = cell && table && table.size === size && placeOf(table, cell) >= 0;
        const pane = here.parentElement;
        const at = { left: left + (pane?.offsetLeft ?? 0), top: top + (pane?.offsetTop ?? 0) };
        store.hover.value = there ? { ...cell, ...at } : null;
        const sample = point ? pointNear(store, shown.of.peek(), point.x, point.y, store.mapSide.peek()) : -1;
        store.hoverPoint.value = sample >= 0 ? { point: sample, ...at } : null;
      },
      pick: (point) => {
        const [size, table] = [store.size.peek(), store.table.peek()];
        const cell = size !== null ? cellOf(point, size) : null;
        if (!cell || size === null || !table || table.size !== size || placeOf(table, cell) < 0) return;
        if (choosingOf(store)) {
          toggleCell(store, cell);
          return;
        }
        const sample = isDeep(store, shown.of.peek()) ? pointNear(store, shown.of.peek(), point.x, point.y, store.mapSide.peek()) : -1;
        if (sample >= 0) {
          void openPoint(store, sample, { size, ...cell });
          return;
        }
        store.go({ cell: { size, ...cell } });
      },
      moved: (at, bounds) => {
        if (lead) store.bounds.value = bounds;
        if (same(at, store.at.peek())) return;
        said = at;
        store.go({ at });
      },
      scaled: (side) => {
        if (lead) store.mapSide.value = side;
      },
      failed: () => {
        store.iconsFailed.value = true;
        clearTimeout(retry);
        retry = window.setTimeout(() => again.value++, RETRY_MS);
      },
      loaded: () => (store.iconsFailed.value = false),
    });
    const controls: MapControls = {
      zoomBy: (factor) => map.camera.zoomBy(factor),
      panBy: (dx, dy) => map.camera.panBy(dx, dy),
      home: () => map.look(null),
      centre: (place) => map.camera.centre(place),
      middle: () => map.camera.viewpoint() ?? { x: 0.5, y: 0.5 },
    };
    pointAt.current = (left, top) => map.pointAt(left, top);
    onReady?.(controls);
    store.panes.set(here, (context, ratio) => map.drawOn(context, ratio));
    map.look(said, true);
    const opacity = computed(() => store.view.value.opacity);
    const area = computed(() => store.view.value.area);
    const selected = computed(() => store.view.value.cell);
    const cursorOf = computed(() => choosingOf(store));

    const stops = [
      effect(() => {
        const at = store.at.value;
        if (at !== said && !same(at, said)) map.look(at);
        said = at;
      }),
      effect(() => map.camera.setFinest(store.sizes.value.at(-1) ?? 10)),
      effect(() => {
        void again.value;
        const [address, icons] = [store.address.value, shown.icons.value];
        // Before the map is laid out the grid is not known; "none" and "not yet" look the same for one frame.
        if (address) map.setIcons(icons && tilesOf(store, address, icons.pyramid));
      }),
      effect(() => {
        const [table, heat, ramp, size] = [store.table.value, shown.heat.value, store.ramp.value, store.size.value];
        if (table && table.size !== size) return;
        if (!table || !heat) {
          map.setHeat(null);
          return;
        }
        const pixels = new Uint8ClampedArray(table.size ** 2 * 4);
        paintHeat(table, heat, ramp, opacity.value, pixels);
        map.setHeat({ size: table.size, pixels, place: `${table.layer}/${table.size}` });
      }),
      effect(() => {
        const style = (void store.theme.value, getComputedStyle(document.documentElement));
        const color = (name: string): string => style.getPropertyValue(name).trim();
        map.setMarks({
          table: store.table.value,
          size: store.size.value,
          minCount: shown.icons.value ? (store.atlas.value?.min_count ?? 1) : Infinity,
          dotCount: shown.icons.value ? (store.atlas.value?.min_count ?? 1) : Math.max(1, ...(store.table.value?.total.subarray(0, store.table.value.length) ?? [])),
          of: shown.of.value,
          classes: store.atlas.value?.classes ?? [],
          datasets: store.pair.value ?? [],
          clear: clearness(store),
          colors: { frame: color("--line"), line: color("--grid-line"), dot: color("--dot"), ink: color("--ink"), plate: color("--plate"), first: color("--first"), second: color("--second") },
        });
      }),
      effect(() => {
        const [cell, size] = [store.hover.value ?? store.pointed.value, store.size.value];
        map.setOutline("hovered", cell && size !== null && cell.column !== OUTSIDE ? cellRect(cell, size) : null);
      }),
      effect(() => {
        const { data, key } = store.found.state.value;
        const size = store.size.value;
        const hits = store.view.value.label !== null && key !== null && size !== null ? (data?.hits ?? []) : [];
        const places = marked(hits);
        for (let i = 0; i < MARKED; i++) {
          const hit = hits[places[i] ?? -1];
          map.setOutline(`hit ${i + 1}`, hit && size !== null ? cellRect(hit, size) : null);
        }
      }),
      effect(() => {
        const cell = selected.value;
        const rect = cell && cell.column !== OUTSIDE && store.selectedGrid.value ? cellRect(cell, cell.size) : null;
        map.setOutline("selected", rect);
        // The drawer may just be opening and take its part of the window; look once that has happened.
        if (rect && lead) requestAnimationFrame(() => requestAnimationFrame(() => map.camera.reveal(rect)));
      }),
      effect(() => {
        const cursor = cursorOf.value;
        const rect = cursor && cursor.column !== OUTSIDE ? cellRect(cursor, cursor.size) : null;
        map.setOutline("cursor", rect);
        if (rect && lead) map.camera.reveal(rect);
      }),
      effect(() => {
        const { pin } = store.view.value;
        const there = pin && pin.column !== OUTSIDE && pin.layer === store.layer.value?.name && store.layer.value.grids.some((g) => g.size === pin.size);
        map.setOutline("pinned", there ? cellRect(pin, pin.size) : null);
      }),
      markNotes(store, map),
      effect(() => map.setPoints(drawnOn(store, shown.of.value))),
      effect(() => {
        const [table, effects, size] = [store.table.value, store.attribution.state.value.data, store.size.value];
        // Where no cell points to the class all would be hidden; the chip says so instead.
        if (!table || !effects || !(effects.maximum > 0) || table.size !== size) {
          map.setVeil(null);
          return;
        }
        map.setVeil({ size, pixels: paintVeil(table, veilShares(table, effects), GROUND[store.theme.value]), place: `${table.layer}/${size}` });
      }),
      effect(() => {
        const [table, d, size] = [store.table.value, area.value, store.size.value];
        const counted = shown.of.value === null ? store.areaOf.value : [shown.of.value];
        const sides = table && table.size === size && shown.icons.value ? iconSides(table, counted, d) : null;
        const ground = (void store.theme.value, getComputedStyle(document.documentElement)).getPropertyValue("--ground").trim();
        map.setAreas(table && sides && { table, sides, ground });
      }),
      ...(lead ? [listenToKeys(store, () => controls)] : []),
    ];
    return () => {
      clearTimeout(retry);
      for (const stop of stops) stop();
      store.panes.delete(here);
      map.destroy();
      onReady?.(null);
    };
  }, []);

  const of = shown.of.value;
  const index = store.atlas.value?.datasets.findIndex((d) => d.name === of) ?? -1;
  return (
    <>
      <div
        class="map-view"
        ref={element}
        tabIndex={0}
        role="application"
        aria-label={`Map of the layer${of === null ? "" : `, ${titleOf(store.atlas.value, of)}`}. Shift and arrow keys select a cell; n goes to the most different one; e chooses several.`}
      />
      <LassoTool pointAt={(left, top) => pointAt.current(left, top)} lead={lead} />
      {of !== null && (
        <p class="chip map-of">
          <i class="swatch" style={{ background: store.colorOf(index) }} />
          {titleOf(store.atlas.value, of)}
          {shown.icons.value?.standIn && <span class="faint">{iconName(shown.icons.value.pyramid, store.atlas.value)} stand in</span>}
        </p>
      )}
    </>
  );
}

/** The icons of a dataset's own means, of the kind that is chosen; those of the page where no dataset is told apart. */
function iconsOf(store: Store, of: string | null): IconChoice | null {
  const wish = store.view.value.icons;
  if (of === null || wish === "none") return store.icons.value;
  return chooseIcons(store.grid.value, { kind: wish === "auto" ? "exemplar" : wish.kind, of });
}

/** The heat of the page; of densities that of the dataset, on the page's scale. */
function heatFor(store: Store, of: string | null): Heat | null {
  const [table, atlas, heat] = [store.table.value, store.atlas.value, store.heat.value];
  if (of === null || store.view.value.color !== "density" || !table || !atlas || !heat) return heat;
  const own = heatOf(table, { mode: "density", pair: null, dataset: of, significance: false, fdr: atlas.fdr, minTest: atlas.min_test });
  return own && { ...own, scale: heat.scale };
}

function tilesOf(store: Store, address: GridAddress, pyramid: PyramidView): IconTiles {
  return {
    key: `${address.layer}/${address.size}/${pyramid.kind}/${pyramid.of}@${pyramid.version}`,
    width: pyramid.width,
    height: pyramid.height,
    tileSize: pyramid.tile_size,
    tileUrl: (level, column, row) => store.source.tileUrl(address, pyramid, level, column, row),
  };
}

/** How clear each cell is under the veil of the class that is looked for; null without one. */
function clearness(store: Store): Float32Array | null {
  const [table, effects] = [store.table.value, store.attribution.state.value.data];
  return table && effects && effects.maximum > 0 && table.size === store.size.value ? veilShares(table, effects) : null;
}

function same(a: Viewpoint | null, b: Viewpoint | null): boolean {
  if (a === null || b === null) return a === b;
  return Math.abs(a.x - b.x) < 1e-5 && Math.abs(a.y - b.y) < 1e-5 && Math.abs(a.zoom / b.zoom - 1) < 1e-4;
}
