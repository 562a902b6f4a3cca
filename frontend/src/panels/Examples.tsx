/** Examples of every dataset in columns side by side: the whole image with the patch outlined, and beside it the patch. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { GridAddress, Order } from "../api/source";
import type { CellView, ExamplePage, SampleView } from "../api/types";
import { datasetColor } from "../lib/color";
import { formatCount } from "../lib/format";
import type { CellAt } from "../lib/geometry";
import { titleOf } from "../lib/names";
import { useStore } from "./context";
import { Hint } from "./Hint";
import "./Examples.css";

const PAGE = 12;

export function Examples({ cell }: { cell: CellView }) {
  const store = useStore();
  const { order } = store.view.value;
  const orders: readonly (readonly [Order, string])[] = [
    ["nearest", "Nearest"],
    ["random", "Random"],
  ];
  return (
    <section class="examples" aria-label="Examples">
      <div class="examples-head">
        <h3>
          Examples
          <Hint of="nearness" />
        </h3>
        <div class="segments small" role="group" aria-label="Order of the examples">
          {orders.map(([value, name]) => (
            <button
              key={value}
              type="button"
              aria-pressed={order === value}
              title={value === "nearest" ? "Nearest to the mean of the cell first" : "In a random order that stays the same"}
              onClick={() => store.go({ order: value })}
            >
              {name}
            </button>
          ))}
        </div>
      </div>
      <div class="examples-columns" style={{ "--columns": cell.datasets.length }}>
        {cell.datasets.map((d, i) => (
          <ExampleColumn
            key={`${cell.layer}/${cell.size}/${cell.column},${cell.row}/${d.dataset}/${order}`}
            address={{ atlas: store.atlas.value?.name ?? "", layer: cell.layer, size: cell.size }}
            cell={cell}
            version={store.selectedGrid.value?.version ?? ""}
            dataset={d.dataset}
            index={i}
            order={order}
            total={d.count}
          />
        ))}
      </div>
    </section>
  );
}

interface Pages {
  readonly items: readonly SampleView[];
  readonly cursor: string | null;
  readonly state: "loading" | "ready" | "done" | "failed";
}

interface ColumnOf {
  readonly address: GridAddress;
  readonly cell: CellAt;
  /** Of the grid. */
  readonly version: string;
  readonly dataset: string;
  /** Place of the dataset in the atlas: its colour. */
  readonly index: number;
  readonly order: Order;
  readonly total: number;
}

/** Members of one dataset, page after page as one scrolls. */
export function ExampleColumn({ address, cell, version, dataset, index, order, total }: ColumnOf) {
  const store = useStore();
  const [pages, setPages] = useState<Pages>({ items: [], cursor: null, state: total > 0 ? "loading" : "done" });
  const foot = useRef<HTMLDivElement>(null);
  const abort = useRef(new AbortController());

  const load = async (cursor: string | null): Promise<void> => {
    setPages((p) => ({ ...p, state: "loading" }));
    const { signal } = abort.current;
    try {
      const page: ExamplePage = await store.source.examples(address, cell, { dataset, order, cursor, limit: PAGE, version }, signal);
      setPages((p) => ({ items: cursor === null ? page.items : [...p.items, ...page.items], cursor: page.next_cursor, state: page.next_cursor === null ? "done" : "ready" }));
    } catch {
      if (!signal.aborted) setPages((p) => ({ ...p, state: "failed" }));
    }
  };

  useEffect(() => {
    abort.current = new AbortController();
    if (total > 0) void load(null);
    return () => abort.current.abort();
  }, []);

  // The next page comes when the foot of the column comes into sight.
  useEffect(() => {
    if (pages.state !== "ready" || !foot.current) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((e) => e.isIntersecting)) void load(pages.cursor);
    }, { rootMargin: "200px" });
    observer.observe(foot.current);
    return () => observer.disconnect();
  }, [pages]);

  return (
    <div class="examples-column">
      <h4>
        <i class="swatch" style={{ background: datasetColor(index, store.theme.value) }} />
        {titleOf(store.atlas.value, dataset)} <span class="faint">{formatCount(total)}</span>
      </h4>
      {total === 0 && <p class="note">None here.</p>}
      {pages.items.map((sample) => (
        <Example key={sample.point} sample={sample} color={datasetColor(index, store.theme.value)} />
      ))}
      <div class="examples-foot" ref={foot}>
        {pages.state === "loading" && <span class="faint">…</span>}
        {pages.state === "ready" && (
          <button type="button" class="button small" onClick={() => void load(pages.cursor)}>
            More
          </button>
        )}
        {pages.state === "failed" && (
          <button type="button" class="button small" onClick={() => void load(pages.cursor)}>
            Could not be loaded. Try again
          </button>
        )}
      </div>
    </div>
  );
}

function Example({ sample, color }: { sample: SampleView; color: string }) {
  const store = useStore();
  const [broken, setBroken] = useState(false);
  const url = store.source.imageUrl(store.atlas.value?.name ?? "", sample.dataset, sample.image);
  const { box } = sample;
  const ratio = (sample.width ?? 1) / (sample.height ?? 1);
  const text = sample.label ?? sample.top;
  const name = `${sample.name}${text ? `, ${text}` : ""}`;
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
      <div class="example-pair">
        <div class="example-whole" style={{ aspectRatio: String(ratio) }}>
          <img src={url} alt={name} loading="lazy" decoding="async" onError={() => setBroken(true)} />
          {box && (
            <span
              class="example-box"
              style={{ left: `${box.x0 * 100}%`, top: `${box.y0 * 100}%`, width: `${(box.x1 - box.x0) * 100}%`, height: `${(box.y1 - box.y0) * 100}%`, borderColor: color }}
            />
          )}
        </div>
        {box && (
          <div class="example-patch" style={{ aspectRatio: String(((box.x1 - box.x0) * ratio) / Math.max(1e-6, box.y1 - box.y0)), borderColor: color }}>
            <img
              src={url}
              alt=""
              loading="lazy"
              decoding="async"
              style={{
                width: `${100 / Math.max(1e-6, box.x1 - box.x0)}%`,
                height: `${100 / Math.max(1e-6, box.y1 - box.y0)}%`,
                left: `${(-100 * box.x0) / Math.max(1e-6, box.x1 - box.x0)}%`,
                top: `${(-100 * box.y0) / Math.max(1e-6, box.y1 - box.y0)}%`,
              }}
            />
          </div>
        )}
      </div>
      <figcaption>{text ?? sample.name}</figcaption>
    </figure>
  );
}
