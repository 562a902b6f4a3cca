/** Examples of every dataset in columns side by side: the whole image with the patch outlined, and beside it the patch. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Order } from "../api/source";
import type { CellView, SampleView } from "../api/types";
import { datasetColor } from "../lib/color";
import { formatCount } from "../lib/format";
import { titleOf } from "../lib/names";
import { useStore } from "./context";
import { Hint } from "./Hint";
import "./Examples.css";

export const PAGE = 12;

interface Page {
  readonly items: readonly SampleView[];
  readonly next_cursor: string | null;
}

/** Examples of a cell. */
export function Examples({ cell }: { cell: CellView }) {
  const store = useStore();
  const { order } = store.view.value;
  const address = { atlas: store.atlas.value?.name ?? "", layer: cell.layer, size: cell.size };
  const version = store.selectedGrid.value?.version ?? "";
  return (
    <ExampleColumns
      name={`${cell.layer}/${cell.size}/${cell.column},${cell.row}`}
      columns={cell.datasets.map((d) => ({ dataset: d.dataset, total: d.count }))}
      page={(dataset, cursor, signal) => store.source.examples(address, cell, { dataset, order, cursor, limit: PAGE, version }, signal)}
    />
  );
}

type AskPage = (dataset: string, cursor: string | null, signal: AbortSignal) => Promise<Page>;

/** A column for each dataset. `name`: what they are the members of. */
export function ExampleColumns({ name, columns, page }: { name: string; columns: readonly { dataset: string; total: number }[]; page: AskPage }) {
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
          {orders.map(([value, text]) => (
            <button
              key={value}
              type="button"
              aria-pressed={order === value}
              title={value === "nearest" ? "Nearest to the mean first" : "In a random order that stays the same"}
              onClick={() => store.go({ order: value })}
            >
              {text}
            </button>
          ))}
        </div>
      </div>
      <div class="examples-columns" style={{ "--columns": columns.length }}>
        {columns.map(({ dataset, total }, i) => (
          <ExampleColumn key={`${name}/${dataset}/${order}`} dataset={dataset} index={i} total={total} page={page} />
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
  readonly dataset: string;
  /** Place of the dataset in the atlas: its colour. */
  readonly index: number;
  readonly total: number;
  readonly page: AskPage;
}

/** Members of one dataset, page after page as one scrolls. */
export function ExampleColumn({ dataset, index, total, page: ask }: ColumnOf) {
  const store = useStore();
  const [pages, setPages] = useState<Pages>({ items: [], cursor: null, state: total > 0 ? "loading" : "done" });
  const foot = useRef<HTMLDivElement>(null);
  const abort = useRef(new AbortController());

  const load = async (cursor: string | null): Promise<void> => {
    setPages((p) => ({ ...p, state: "loading" }));
    const { signal } = abort.current;
    try {
      const page = await ask(dataset, cursor, signal);
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
      <Picture sample={sample} color={color} onBroken={() => setBroken(true)} />
      <figcaption>
        <span>{text ?? sample.name}</span>
        <button
          type="button"
          class="example-path"
          aria-label={`Path of ${sample.name} through the layers`}
          title="Its path through the layers"
          onClick={() => store.go({ trace: true, image: { dataset: sample.dataset, image: sample.image } })}
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
  const url = store.source.imageUrl(store.atlas.value?.name ?? "", sample.dataset, sample.image);
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
  );
}
