/** Small maps of all layers, with the members of the cell or lasso as points in each, and the way of one image through them. */
import { useComputed } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { LayerView, PlaceColumns } from "../api/types";
import { formatCount } from "../lib/format";
import { cellRect, OUTSIDE } from "../lib/geometry";
import { titleOf } from "../lib/names";
import type { Store } from "../state/store";
import { useStore } from "./context";
import { Icon } from "./Icon";
import { layerPicture } from "./layerPicture";
import "./TracePanel.css";

const SIDE = 132;
const GAP = 12;

export function TracePanel() {
  const store = useStore();
  const open = useComputed(() => store.view.value.trace);
  const atlas = store.atlas.value;
  if (!open.value || !atlas) return null;
  const { data, error } = store.traced.state.value;
  const path = store.path.state.value.data;
  const image = store.view.value.image;
  const of = store.tracedOf.value;
  const count = data ? Object.values(data.counts).reduce((a, b) => a + b, 0) : 0;
  const shown = data ? Math.max(0, ...Object.values(data.places).map((p) => p.point.length)) : 0;
  return (
    <section class="trace" aria-label="Trace through the layers">
      <header>
        <p>
          {of === null && !image && "Select a cell, draw a lasso (l), or choose an example's path: its samples are shown in every layer."}
          {of !== null && data && (
            <>
              <b>
                {shown < count ? `${formatCount(shown)} of ` : ""}
                {formatCount(count)} samples
              </b>{" "}
              <span class="faint">
                of the {of.what} in {of.layer}, in every layer
              </span>
            </>
          )}
          {image && (
            <>
              {of !== null && " · "}
              path of image {image.image} of {titleOf(atlas, image.dataset)}{" "}
              <button type="button" class="button small" onClick={() => store.go({ image: null })}>
                Let go
              </button>
            </>
          )}
          {error && <span> {error.message}</span>}
        </p>
        <button type="button" class="button icon" aria-label="Close the trace" title="Close (r)" onClick={() => store.go({ trace: false, image: null })}>
          <Icon name="close" />
        </button>
      </header>
      <div class="trace-scroll" tabIndex={0} role="region" aria-label="Layers">
        <div class="trace-cards">
          {atlas.layers.map((layer) => (
            <Card
              key={layer.name}
              layer={layer}
              places={of !== null ? (data?.places[layer.name] ?? null) : null}
              stops={path?.stops.filter((s) => s.layer === layer.name && !s.outside) ?? []}
            />
          ))}
          {path && <Path layers={atlas.layers} stops={path.stops} />}
        </div>
      </div>
    </section>
  );
}

interface Stop {
  readonly layer: string;
  readonly position: number;
  readonly x: number;
  readonly y: number;
  readonly outside: boolean;
}

function Card({ layer, places, stops }: { layer: LayerView; places: PlaceColumns | null; stops: readonly Stop[] }) {
  const store = useStore();
  const canvas = useRef<HTMLCanvasElement>(null);
  const colors = (store.atlas.value?.datasets ?? []).map((_, i) => store.colorOf(i));
  useEffect(() => {
    if (canvas.current) drawPlaces(canvas.current, places, colors);
  }, [places, store.theme.value]);
  const picture = layerPicture(store, layer);
  return (
    <button
      type="button"
      class="trace-card"
      aria-pressed={store.layer.value?.name === layer.name}
      title={`Go to ${layer.name}`}
      onClick={() => goTo(store, layer.name)}
    >
      <span class="trace-map" style={{ width: `${SIDE}px`, height: `${SIDE}px` }}>
        {picture && <img src={picture} alt="" loading="lazy" />}
        <canvas ref={canvas} width={2 * SIDE} height={2 * SIDE} aria-hidden="true" />
        {stops.map((s) => (
          <i key={s.position} class="trace-stop" style={{ left: `${s.x * 100}%`, top: `${s.y * 100}%` }} />
        ))}
      </span>
      <span class="trace-name">
        {layer.name}
        {places && <span class="faint"> {formatCount(places.point.length)}</span>}
      </span>
    </button>
  );
}

/** Another layer is looked at with the same members: those of a cell become a lasso around them, as the cell is not there. */
function goTo(store: Store, layer: string): void {
  const { cell } = store.view.value;
  const now = store.layer.value?.name;
  if (!cell || cell.column === OUTSIDE || !now || layer === now) {
    store.go({ layer });
    return;
  }
  const { x, y, width, height } = cellRect(cell, cell.size);
  const corners = [{ x, y }, { x: x + width, y }, { x: x + width, y: y + height }, { x, y: y + height }];
  store.go({ layer, cell: null, lasso: { layer: now, points: corners } });
}

/** Lines from card to card along the image's way. */
function Path({ layers, stops }: { layers: readonly LayerView[]; stops: readonly Stop[] }) {
  const positions = [...new Set(stops.map((s) => s.position))];
  const at = (s: Stop): string => `${layers.findIndex((l) => l.name === s.layer) * (SIDE + GAP) + s.x * SIDE},${s.y * SIDE}`;
  return (
    <svg class="trace-path" width={layers.length * (SIDE + GAP) - GAP} height={SIDE} aria-hidden="true">
      {positions.map((position) => (
        <polyline key={position} points={stops.filter((s) => s.position === position && !s.outside).map(at).join(" ")} />
      ))}
    </svg>
  );
}

function drawPlaces(canvas: HTMLCanvasElement, places: PlaceColumns | null, colors: readonly string[]): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  context.clearRect(0, 0, canvas.width, canvas.height);
  if (!places) return;
  const radius = places.point.length > 400 ? 2.2 : 3.4;
  for (let i = 0; i < places.point.length; i++) {
    context.fillStyle = colors[places.dataset[i] ?? 0] ?? "#888";
    context.beginPath();
    context.arc((places.x[i] ?? 0) * canvas.width, (places.y[i] ?? 0) * canvas.height, radius, 0, 2 * Math.PI);
    context.fill();
  }
}
