/** Small maps of all layers, with the members of the cell or lasso as points in each, and the way of one image through them. */
import { useComputed } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { LayerView, PlaceColumns } from "../api/types";
import { formatCount, plural } from "../lib/format";
import { titleOf } from "../lib/names";
import { sayPlace, type Located } from "../lib/places";
import { isOnMap } from "../state/dots";
import { goToLayer, goToOrigin, isTraced, letPathGo, traceSelected } from "../state/tracing";
import type { ImageRef } from "../state/view";
import { useStore } from "./context";
import { Icon } from "./Icon";
import { layerPicture } from "./layerPicture";
import "./TracePanel.css";

const SIDE = 132;
const GAP = 12;

export function TracePanel() {
  const store = useStore();
  const open = useComputed(() => store.view.value.trace !== null);
  const atlas = store.atlas.value;
  if (!open.value || !atlas) return null;
  const data = store.traced.state.value.data;
  const path = store.path.state.value.data;
  const { image } = store.view.value;
  const of = store.tracedOf.value;
  return (
    <section class="trace" aria-label="Trace through the layers">
      <header>
        <div class="trace-of">
          {of === null && !image && <p>Select a cell, draw a lasso (l), or choose an example's path: its samples are shown in every layer.</p>}
          {of !== null && <Origin of={of} />}
          {image && <PathOf image={image} />}
        </div>
        <button type="button" class="button icon" aria-label="Close the trace" title="Close (r)" onClick={() => store.go({ trace: null, image: null })}>
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
              stops={path?.stops.filter((s) => s.layer === layer.name) ?? []}
            />
          ))}
          {path && <Path layers={atlas.layers} stops={path.stops} />}
        </div>
      </div>
    </section>
  );
}

/** Whose members they are, with the way back there, and the way to trace what is selected now instead. */
function Origin({ of }: { of: Located }) {
  const store = useStore();
  const { data, error } = store.traced.state.value;
  const there = store.atlas.value?.layers.some((l) => l.name === of.layer) ?? false;
  const now = store.selected.value;
  const drawn = data ? Math.max(0, ...Object.values(data.places).map((p) => p.point.length)) : 0;
  const grid = "lasso" in of.place ? "" : `, ${"cell" in of.place ? of.place.cell.size : of.place.size} grid`;
  const other = now !== null && !isTraced(store);
  const isHere = isTraced(store) && store.layer.value?.name === of.layer && (store.view.value.cell !== null) === ("cell" in of.place);
  return (
    <p>
      <span class="faint">Traced:</span> <b>{sayPlace(of.place)}</b> of {of.layer}
      {grid}
      {data && (
        <>
          , <b>{plural(data.total, "sample")}</b>
          {drawn < data.total && <span class="faint"> ({formatCount(drawn)} of them drawn)</span>}
        </>
      )}
      {!there && `: this atlas has no layer ${of.layer}`}
      {there && error && `: ${error.message}`}{" "}
      {there && !isHere && (
        <button type="button" class="button small" title="Back to where the traced samples are from" onClick={() => goToOrigin(store, of)}>
          Back to it
        </button>
      )}{" "}
      {other && (
        <button type="button" class="button small" title="Let the traced samples go, and trace what is selected" onClick={() => traceSelected(store)}>
          Trace {sayPlace(now.place)} of {now.layer} instead
        </button>
      )}
    </p>
  );
}

/** The image whose way is shown, or why there is none. */
function PathOf({ image }: { image: ImageRef }) {
  const store = useStore();
  const atlas = store.atlas.value;
  const { error } = store.path.state.value;
  const known = atlas?.datasets.some((d) => d.name === image.dataset) ?? false;
  return (
    <p>
      <span class="faint">Path of</span> image {image.image} of {titleOf(atlas, image.dataset)}
      {!known ? ": this atlas has no such dataset" : error ? `: ${error.message}` : ""}{" "}
      <button type="button" class="button small" onClick={() => letPathGo(store)}>
        Let go
      </button>
    </p>
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
  }, [places, store.theme.value, store.pair.value]);
  const outside = places ? places.x.filter((x, i) => !isOnMap(x, places.y[i] ?? 0)).length : 0;
  const picture = layerPicture(store, layer);
  return (
    <button
      type="button"
      class="trace-card"
      aria-pressed={store.layer.value?.name === layer.name}
      title={`Go to ${layer.name}`}
      onClick={() => goToLayer(store, layer.name)}
    >
      <span class="trace-map" style={{ width: `${SIDE}px`, height: `${SIDE}px` }}>
        {picture && <img src={picture} alt="" loading="lazy" />}
        <canvas ref={canvas} width={2 * SIDE} height={2 * SIDE} aria-hidden="true" />
        {stops.filter((s) => !s.outside).map((s) => (
          <i key={s.position} class="trace-stop" style={{ left: `${s.x * 100}%`, top: `${s.y * 100}%` }} />
        ))}
      </span>
      <span class="trace-name">
        {layer.name}
        {places && <span class="faint"> {formatCount(places.point.length)}</span>}
        {outside > 0 && <span class="faint" title="Beyond the edge of this layer's map"> · {formatCount(outside)} outside</span>}
        {stops.some((s) => s.outside) && <span class="faint"> · path outside</span>}
      </span>
    </button>
  );
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
