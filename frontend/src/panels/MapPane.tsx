/** The map in the page: hands signals to MapView, and what happens on the map to the store. */
import { effect, signal, useComputed } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { placeOf } from "../lib/cells";
import { cellOf, cellRect, OUTSIDE } from "../lib/geometry";
import { paintHeat } from "../lib/heat";
import { formatCount } from "../lib/format";
import { MapView, type IconTiles } from "../map/MapView";
import type { GridAddress } from "../api/source";
import type { PyramidView } from "../api/types";
import { selectOutside } from "../state/actions";
import { listenToKeys, type MapControls } from "../state/keys";
import type { Store } from "../state/store";
import type { Viewpoint } from "../state/view";
import { useStore } from "./context";
import { Icon } from "./Icon";
import { Tooltip } from "./Tooltip";
import "./MapPane.css";

/** Until icons that could not be read are asked for again. */
const RETRY_MS = 3000;

export function MapPane() {
  const store = useStore();
  const element = useRef<HTMLDivElement>(null);
  const controls = useRef<MapControls | null>(null);

  useEffect(() => {
    if (!element.current) return;
    let retry = 0;
    const again = signal(0);
    let said: Viewpoint | null = store.at.peek();
    const map = new MapView(element.current, {
      hover: (point, left, top) => {
        const size = store.size.peek();
        const table = store.table.peek();
        const cell = point && size !== null ? cellOf(point, size) : null;
        const there = cell && table && table.size === size && placeOf(table, cell) >= 0;
        store.hover.value = there ? { ...cell, left, top } : null;
      },
      pick: (point) => {
        const [size, table] = [store.size.peek(), store.table.peek()];
        const cell = size !== null ? cellOf(point, size) : null;
        if (!cell || size === null || !table || table.size !== size || placeOf(table, cell) < 0) return;
        store.go({ cell: { size, ...cell } });
      },
      moved: (at) => {
        if (same(at, store.at.peek())) return;
        said = at;
        store.go({ at });
      },
      scaled: (side) => (store.mapSide.value = side),
      failed: () => {
        store.iconsFailed.value = true;
        clearTimeout(retry);
        retry = window.setTimeout(() => again.value++, RETRY_MS);
      },
      loaded: () => (store.iconsFailed.value = false),
    });
    controls.current = {
      zoomBy: (factor) => map.zoomBy(factor),
      panBy: (dx, dy) => map.panBy(dx, dy),
      home: () => map.look(null),
      middle: () => map.viewpoint() ?? { x: 0.5, y: 0.5 },
    };
    map.look(said, true);

    const stops = [
      effect(() => {
        const at = store.at.value;
        if (at !== said && !same(at, said)) map.look(at);
        said = at;
      }),
      effect(() => map.setFinest(store.sizes.value.at(-1) ?? 10)),
      effect(() => {
        void again.value;
        const [address, icons] = [store.address.value, store.icons.value];
        // Before the map is laid out the grid is not known; "none" and "not yet" look the same for one frame.
        if (address) map.setIcons(icons && tilesOf(store, address, icons.pyramid));
      }),
      effect(() => {
        const [table, heat, ramp, size] = [store.table.value, store.heat.value, store.ramp.value, store.size.value];
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
          minCount: store.icons.value ? (store.atlas.value?.min_count ?? 1) : Infinity,
          dotCount: store.icons.value ? (store.atlas.value?.min_count ?? 1) : Math.max(1, ...(store.table.value?.total.subarray(0, store.table.value.length) ?? [])),
          classes: store.atlas.value?.classes ?? [],
          datasets: store.pair.value ?? [],
          colors: { frame: color("--line"), line: color("--grid-line"), dot: color("--dot"), ink: color("--ink"), plate: color("--plate") },
        });
      }),
      effect(() => {
        const [hover, size] = [store.hover.value, store.size.value];
        map.setOutline("hovered", hover && size !== null ? cellRect(hover, size) : null);
      }),
      effect(() => {
        const cell = selected.value;
        const rect = cell && cell.column !== OUTSIDE ? cellRect(cell, cell.size) : null;
        map.setOutline("selected", rect);
        // The drawer may just be opening and take its part of the window; look once that has happened.
        if (rect) requestAnimationFrame(() => requestAnimationFrame(() => map.reveal(rect)));
      }),
      effect(() => {
        const { pin } = store.view.value;
        const here = pin && pin.column !== OUTSIDE && pin.layer === store.layer.value?.name;
        map.setOutline("pinned", here ? cellRect(pin, pin.size) : null);
      }),
      listenToKeys(store, () => controls.current),
    ];
    return () => {
      clearTimeout(retry);
      for (const stop of stops) stop();
      map.destroy();
    };
  }, []);

  const opacity = useComputed(() => store.view.value.opacity);
  const selected = useComputed(() => store.view.value.cell);
  const outside = useComputed(() => {
    const table = store.table.value;
    return table && table.outside >= 0 ? (table.total[table.outside] ?? 0) : 0;
  });

  return (
    <main class="map" aria-label="Map">
      <div class="map-view" ref={element} tabIndex={0} role="application" aria-label="Map of the layer. Shift and arrow keys select a cell; n goes to the most different one." />
      <Tooltip />
      <div class="map-buttons" role="group" aria-label="Zoom">
        <button type="button" class="button icon" aria-label="Zoom in" title="Zoom in (+)" onClick={() => controls.current?.zoomBy(1.5)}>
          <Icon name="plus" />
        </button>
        <button type="button" class="button icon" aria-label="Zoom out" title="Zoom out (−)" onClick={() => controls.current?.zoomBy(1 / 1.5)}>
          <Icon name="minus" />
        </button>
        <button type="button" class="button icon" aria-label="Whole map" title="Whole map (0)" onClick={() => controls.current?.home()}>
          <Icon name="fit" />
        </button>
      </div>
      {outside.value > 0 && (
        <button
          type="button"
          class="chip map-outside"
          aria-pressed={selected.value?.column === OUTSIDE}
          title="Samples that lie beyond the edge of the map, as one cell"
          onClick={() => selectOutside(store)}
        >
          outside: {formatCount(outside.value)} samples
        </button>
      )}
    </main>
  );
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

function same(a: Viewpoint | null, b: Viewpoint | null): boolean {
  if (a === null || b === null) return a === b;
  return Math.abs(a.x - b.x) < 1e-5 && Math.abs(a.y - b.y) < 1e-5 && Math.abs(a.zoom / b.zoom - 1) < 1e-4;
}
