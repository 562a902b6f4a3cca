/** Examples of every dataset in columns side by side: the whole image with the patch outlined, and beside it the patch. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Order } from "../api/source";
import type { CellView, SampleView } from "../api/types";
import { formatCount } from "../lib/format";
import { titleOf } from "../lib/names";
import { membersOf, type AskPage, type Members } from "../state/members";
import { tracePath } from "../state/tracing";
import { useStore } from "./context";
import { Hint } from "./Hint";
import { imageUrl } from "./imageUrl";
import { Patch } from "./Patch";
import "./Examples.css";

export const PAGE = 12;

/** Orders by scores, where the atlas has them. */
const SCORED: readonly (readonly [Order, string])[] = [
  ["realism", "Real"],
  ["-realism", "Unreal"],
  ["density", "Dense"],
  ["copies", "Copies"],
];

const ORDER_TITLES: Readonly<Record<Order, string>> = {
  nearest: "Nearest to the mean first",
  random: "In a random order that stays the same",
  realism: "Highest realism first: deep among the reference's images, on the final features",
  "-realism": "Lowest realism first: far from all of the reference's images",
  density: "Highest local density first: in the most balls of the reference's images, on the final features",
  copies: "Nearest to an image of the reference first, for how near its own nearest is",
};
/** Until an image that could not be loaded is asked for again. */
const RETRY_MS = 4000;

/** Examples of a cell. */
export function Examples({ cell }: { cell: CellView }) {
  const store = useStore();
  const { order } = store.view.value;
  const address = { atlas: store.atlas.value?.name ?? "", layer: cell.layer, size: cell.size };
  const version = store.selectedGrid.value?.version ?? "";
  return (
    <ExampleColumns
      layer={cell.layer}
      name={`${cell.layer}/${cell.size}/${cell.column},${cell.row}`}
      columns={cell.datasets.map((d) => ({ dataset: d.dataset, total: d.count }))}
      page={(dataset, cursor, signal) => store.source.examples(address, cell, { dataset, order, cursor, limit: PAGE, version }, signal)}
    />
  );
}

/** A column for each dataset. `name`: what they are the members of, on `layer`. */
export function ExampleColumns({ name, layer, columns, page }: { name: string; layer: string; columns: readonly { dataset: string; total: number }[]; page: AskPage }) {
  const store = useStore();
  const { order } = store.view.value;
  const orders: readonly (readonly [Order, string])[] = [
    ["nearest", "Nearest"],
    ["random", "Random"],
    ...(store.atlas.value?.datasets.some((d) => d.scores_version !== null) ? SCORED : []),
  ];
  return (
    <section class="examples" aria-label="Examples">
      <div class="examples-head">
        <h3>
          Examples
          <Hint of="nearness" />
        </h3>
        <div class="segments small" role="group" aria-label="Order of the examples">
          {orders.map(([value, text]) => (
            <button
              key={value}
              type="button"
              aria-pressed={order === value}
              title={ORDER_TITLES[value]}
              onClick={() => store.go({ order: value })}
            >
              {text}
            </button>
          ))}
        </div>
      </div>
      <div class="examples-columns" style={{ "--columns": columns.length }}>
        {columns.map(({ dataset, total }, i) => (
          <ExampleColumn key={`${name}/${dataset}/${order}`} dataset={dataset} layer={layer} index={i} total={total} page={page} />
        ))}
      </div>
    </section>
  );
}

interface ColumnOf {
  readonly dataset: string;
  readonly layer: string;
  /** Place of the dataset in the atlas: its colour. */
  readonly index: number;
  readonly total: number;
  readonly page: AskPage;
}

/** Members of one dataset, page after page as one scrolls. */
export function ExampleColumn({ dataset, layer, index, total, page }: ColumnOf) {
  const store = useStore();
  const foot = useRef<HTMLDivElement>(null);
  const list = useMemo(() => membersOf(dataset, layer, total, page), []);
  const pages = list.pages.value;

  useEffect(() => {
    void list.more();
    return () => list.stop();
  }, []);

  // The next page comes when the foot of the column comes into sight.
  useEffect(() => {
    if (pages.state !== "ready" || pages.items.length === 0 || !foot.current) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((e) => e.isIntersecting)) void list.more();
    }, { rootMargin: "200px" });
    observer.observe(foot.current);
    return () => observer.disconnect();
  }, [pages]);

  return (
    <div class="examples-column">
      <h4>
        <i class="swatch" style={{ background: store.colorOf(index) }} />
        {titleOf(store.atlas.value, dataset)} <span class="faint">{formatCount(total)}</span>
      </h4>
      {total === 0 && <p class="note">None here.</p>}
      {pages.items.map((sample) => (
        <Example key={sample.point} sample={sample} list={list} color={store.colorOf(index)} />
      ))}
      <div class="examples-foot" ref={foot}>
        {pages.state === "loading" && <span class="faint">…</span>}
        {pages.state === "ready" && (
          <button type="button" class="button small" onClick={() => void list.more()}>
            More
          </button>
        )}
        {pages.state === "failed" && (
          <button type="button" class="button small" onClick={() => void list.more()}>
            Could not be loaded. Try again
          </button>
        )}
      </div>
    </div>
  );
}

function Example({ sample, list, color }: { sample: SampleView; list: Members; color: string }) {
  const store = useStore();
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    if (!broken) return;
    const timer = setTimeout(() => setBroken(false), RETRY_MS);
    return () => clearTimeout(timer);
  }, [broken]);
  const text = sample.label ?? sample.top;
  const has = store.atlas.value?.datasets.find((d) => d.name === sample.dataset)?.has_images ?? false;
  const facts = [sample.name, sample.label && `label: ${sample.label}`, sample.top && `predicted: ${sample.top}`, `position (${sample.row}, ${sample.column}) of the map`, sample.nearness !== null && `nearness ${sample.nearness.toFixed(3)}`];
  if (!has || broken) {
    return (
      <figure class="example" title={facts.filter(Boolean).join("\n")}>
        <div class="example-missing faint">{has ? "image not loaded" : "no image"}</div>
        <figcaption>{text ?? sample.name}</figcaption>
      </figure>
    );
  }
  return (
    <figure class="example" title={facts.filter(Boolean).join("\n")}>
      <button
        type="button"
        class="example-open"
        aria-label={`Look at ${sample.name}`}
        onClick={() => {
          store.list.value = list;
          store.go({ sample: { dataset: sample.dataset, image: sample.image, position: sample.position } });
        }}
      >
        <Picture sample={sample} color={color} onBroken={() => setBroken(true)} />
      </button>
      <figcaption>
        <span>{text ?? sample.name}</span>
        <button
          type="button"
          class="example-path"
          aria-label={`Path of ${sample.name} through the layers`}
          title="Its path through the layers"
          onClick={() => tracePath(store, sample.dataset, sample.image)}
        >
          path
        </button>
      </figcaption>
    </figure>
  );
}

/** The whole image with the patch that the activation saw outlined, and beside it the patch. */
export function Picture({ sample, color, onBroken }: { sample: SampleView; color: string; onBroken?: () => void }) {
  const store = useStore();
  const url = imageUrl(store, sample.dataset, sample.image);
  const { box } = sample;
  const ratio = (sample.width ?? 1) / (sample.height ?? 1);
  const name = [sample.name, sample.label ?? sample.top].filter(Boolean).join(", ");
  return (
    <div class="example-pair">
      <div class="example-whole" style={{ aspectRatio: String(ratio) }}>
        <img src={url} alt={name} loading="lazy" decoding="async" onError={onBroken} />
        {box && (
          <span
            class="example-box"
            style={{ left: `${box.x0 * 100}%`, top: `${box.y0 * 100}%`, width: `${(box.x1 - box.x0) * 100}%`, height: `${(box.y1 - box.y0) * 100}%`, borderColor: color }}
          />
        )}
      </div>
      {box && <Patch url={url} box={box} ratio={ratio} color={color} />}
    </div>
  );
}
