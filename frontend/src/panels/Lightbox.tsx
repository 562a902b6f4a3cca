/** One sample large: its image with the patch outlined, the patch, all that is known of it, and its way through the layers. */
import { useEffect, useState } from "preact/hooks";
import type { LayerView, SampleView } from "../api/types";
import { formatCount } from "../lib/format";
import { cellOf, nearestGrid, OUTSIDE } from "../lib/geometry";
import { titleOf } from "../lib/names";
import { stepSample } from "../state/actions";
import { tracePath } from "../state/tracing";
import { isThe } from "../state/viewing";
import { useStore } from "./context";
import { Dialog } from "./Dialog";
import { Hint } from "./Hint";
import { Icon } from "./Icon";
import { imageUrl } from "./imageUrl";
import { layerPicture } from "./layerPicture";
import { Patch } from "./Patch";
import { Scores } from "./Scores";
import "./Lightbox.css";

export function Lightbox() {
  const store = useStore();
  const wanted = store.view.value.sample;
  if (!wanted || !store.atlas.value) return null;
  const sample = store.viewed.value;
  const items = store.list.value?.pages.value.items ?? [];
  const at = items.findIndex((item) => isThe(item, wanted));
  const error = store.samplePath.state.value.error ?? store.sampleHere.state.value.error;
  const known = store.atlas.value.datasets.some((d) => d.name === wanted.dataset);
  return (
    <Dialog
      wide
      title={sample?.name ?? `Image ${wanted.image} of ${titleOf(store.atlas.value, wanted.dataset)}`}
      onClose={() => store.go({ sample: null })}
      onKeyDown={(event) => {
        const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        void stepSample(store, by);
      }}
      tools={at >= 0 && <Steps at={at} total={store.list.value?.total ?? 0} last={items.length - 1} />}
    >
      {sample ? (
        <div class="lightbox">
          <Large key={`${sample.dataset}/${sample.image}`} sample={sample} />
          <div class="lightbox-facts">
            <Facts sample={sample} />
            <Scores sample={sample} />
            <Path position={wanted.position} />
          </div>
        </div>
      ) : (
        <p class="empty" role="status">
          {!known ? `This atlas has no dataset ${wanted.dataset}.` : error ? error.message : store.samplePath.state.value.data && !store.sampleHere.state.value.loading ? "It has no sample on this layer." : "…"}
        </p>
      )}
    </Dialog>
  );
}

function Steps({ at, total, last }: { at: number; total: number; last: number }) {
  const store = useStore();
  return (
    <div class="steps" role="group" aria-label="Examples">
      <button type="button" class="button icon" aria-label="Previous example" title="Previous (←)" disabled={at === 0} onClick={() => void stepSample(store, -1)}>
        <Icon name="left" />
      </button>
      <span class="faint number" role="status">
        {formatCount(at + 1)} of {formatCount(total)}
      </span>
      <button type="button" class="button icon" aria-label="Next example" title="Next (→)" disabled={at === last && last + 1 >= total} onClick={() => void stepSample(store, 1)}>
        <Icon name="right" />
      </button>
    </div>
  );
}

/** The image as large as the window lets it be, the patch outlined and the rest shaded. */
function Large({ sample }: { sample: SampleView }) {
  const store = useStore();
  const [broken, setBroken] = useState(0);
  const index = store.atlas.value?.datasets.findIndex((d) => d.name === sample.dataset) ?? 0;
  const has = store.atlas.value?.datasets[index]?.has_images ?? false;
  const url = imageUrl(store, sample.dataset, sample.image);
  const color = store.colorOf(index);
  const ratio = (sample.width ?? 1) / (sample.height ?? 1);
  const { box } = sample;
  useEffect(() => {
    if (!broken) return;
    const again = setTimeout(() => setBroken(0), 4000);
    return () => clearTimeout(again);
  }, [broken]);
  if (!has || broken) {
    return (
      <div class="lightbox-whole missing" style={{ "--ratio": ratio }}>
        <p class="faint">{has ? "The image could not be loaded; trying again …" : "This dataset came without images."}</p>
      </div>
    );
  }
  return (
    <div class="lightbox-pictures">
      <div class={`lightbox-whole ${(sample.width ?? 999) <= 128 ? "coarse" : ""}`} style={{ "--ratio": ratio }}>
        <img src={url} alt={[sample.name, sample.label ?? sample.top].filter(Boolean).join(", ")} onError={() => setBroken(1)} />
        {box && <span class="lightbox-box" style={{ left: `${box.x0 * 100}%`, top: `${box.y0 * 100}%`, width: `${(box.x1 - box.x0) * 100}%`, height: `${(box.y1 - box.y0) * 100}%`, borderColor: color }} />}
      </div>
      {box && <Patch url={url} box={box} ratio={ratio} color={color} />}
    </div>
  );
}

function Facts({ sample }: { sample: SampleView }) {
  const store = useStore();
  const [atlas, layer] = [store.atlas.value, store.layer.value];
  if (!atlas || !layer) return null;
  const index = atlas.datasets.findIndex((d) => d.name === sample.dataset);
  // A list of another layer (a pinned cell) knows the sample there.
  const listed = store.list.value?.layer;
  const name = listed && store.list.value?.pages.value.items.includes(sample) ? listed : layer.name;
  const { box } = sample;
  const px = (part: number, whole: number | null): string => (whole === null ? "?" : String(Math.round(part * whole)));
  return (
    <dl class="facts">
      <dt>Dataset</dt>
      <dd>
        <i class="swatch" style={{ background: store.colorOf(index) }} />
        {titleOf(atlas, sample.dataset)}
      </dd>
      <dt>Label</dt>
      <dd>{sample.label ?? <span class="faint">none given</span>}</dd>
      <dt>Top class</dt>
      <dd>
        {sample.top ?? <span class="faint">the network has no classes</span>} {sample.top && sample.label && sample.top !== sample.label && atlas.classes.includes(sample.label) && <span class="faint">other than its label</span>}
      </dd>
      <dt>Image</dt>
      <dd>
        {formatCount(sample.image)}
        <span class="faint">
          {sample.width !== null && sample.height !== null && ` · ${sample.width} × ${sample.height} px`}
          {atlas.positions_per_image > 1 && ` · position ${sample.position + 1} of ${atlas.positions_per_image}`}
        </span>
      </dd>
      <dt>Cell</dt>
      <dd>
        <Cell sample={sample} layer={atlas.layers.find((l) => l.name === name) ?? layer} />
      </dd>
      <dt>Sampled at</dt>
      <dd>
        row {sample.row}, column {sample.column} <span class="faint">of the feature map</span>
      </dd>
      {box && (
        <>
          <dt>
            Saw
            <Hint of="receptive" />
          </dt>
          <dd>
            {px(box.x1 - box.x0, sample.width)} × {px(box.y1 - box.y0, sample.height)} px <span class="faint">of the image</span>
          </dd>
        </>
      )}
      <dt>
        Nearness
        <Hint of="nearness" />
      </dt>
      <dd>{sample.nearness === null ? <span class="faint">{store.view.value.cell ? "not in the open cell" : "no cell is open"}</span> : sample.nearness.toFixed(3)}</dd>
    </dl>
  );
}

/** Where it lies on the layer, and the way there. */
function Cell({ sample, layer }: { sample: SampleView; layer: LayerView }) {
  const store = useStore();
  const size = gridFor(layer, store.view.value.cell?.size ?? store.size.value);
  const cell = size === null ? null : (cellOf(sample, size) ?? { column: OUTSIDE, row: OUTSIDE });
  if (!cell || size === null) return <span class="faint">no grid yet</span>;
  return (
    <>
      {cell.column === OUTSIDE ? "outside the map" : `${cell.column}, ${cell.row}`} <span class="faint">{`${layer.name} · ${size} grid`}</span>
      <button type="button" class="button small lightbox-go" onClick={() => store.go({ layer: layer.name, cell: { size, ...cell }, sample: null })}>
        Go there
      </button>
    </>
  );
}

function gridFor(layer: LayerView, wanted: number | null): number | null {
  const sizes = layer.grids.map((g) => g.size);
  return sizes.length === 0 ? null : nearestGrid(sizes, wanted ?? 20);
}

/** Where the image lies in every layer; a click leads to the sample's cell there. */
function Path({ position }: { position: number }) {
  const store = useStore();
  const [atlas, path] = [store.atlas.value, store.samplePath.state.value.data];
  if (!atlas || !path) return null;
  return (
    <section class="lightbox-path" aria-label="Path through the layers">
      <h3>
        Path through the layers
        <button type="button" class="button small" title="On the map, and beside the other layers" onClick={() => tracePath(store, path.dataset, path.image)}>
          Trace it
        </button>
      </h3>
      <ul>
        {atlas.layers.map((layer) => {
          const stop = path.stops.find((s) => s.layer === layer.name && s.position === position);
          const picture = layerPicture(store, layer);
          const size = gridFor(layer, store.view.value.cell?.size ?? store.size.value);
          if (!stop || size === null) return null;
          const cell = (!stop.outside && cellOf(stop, size)) || { column: OUTSIDE, row: OUTSIDE };
          return (
            <li key={layer.name}>
              <button
                type="button"
                aria-current={layer.name === store.layer.value?.name ? "true" : undefined}
                title={`To its cell in ${layer.name}`}
                onClick={() => store.go({ layer: layer.name, cell: { size, ...cell }, sample: null })}
              >
                <span class="lightbox-map">
                  {picture && <img src={picture} alt="" loading="lazy" />}
                  {!stop.outside && <i style={{ left: `${stop.x * 100}%`, top: `${stop.y * 100}%` }} />}
                </span>
                <span>{layer.name}</span>
                <span class="faint">{cell.column === OUTSIDE ? "outside" : `${cell.column}, ${cell.row}`}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
