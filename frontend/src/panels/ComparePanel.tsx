/** Two cells side by side: the pinned one and the one that is open, each with its icon, shares, classes and examples. */
import type { CellView } from "../api/types";
import { formatInterval, formatShare } from "../lib/format";
import { OUTSIDE } from "../lib/geometry";
import { titleOf } from "../lib/names";
import type { Resource } from "../state/resource";
import type { Pinned } from "../state/view";
import { useStore } from "./context";
import { ExampleColumn, PAGE } from "./Examples";
import { Hint } from "./Hint";
import { Icon } from "./Icon";
import { IconCrop } from "./IconCrop";
import { Shares } from "./Labels";
import { NoCell } from "./NoCell";
import "./ComparePanel.css";

export function ComparePanel() {
  const store = useStore();
  const { pin, cell } = store.view.value;
  const [atlas, layer] = [store.atlas.value, store.layer.value];
  if (!pin || !cell || !atlas || !layer) return null;
  const here: Pinned = { ...cell, layer: store.view.value.layer ?? layer.name };
  const wanted = store.view.value.compare;
  const of = atlas.datasets.find((d) => d.name === wanted)?.name ?? atlas.reference;
  return (
    <>
      <header class="drawer-head">
        <div>
          <h2>Two cells compared</h2>
          <p class="faint">the pinned one and the one selected on the map</p>
        </div>
        <button type="button" class="button small" title="Back to the cell (x)" onClick={() => store.go({ compare: null })}>
          Back
        </button>
        <button type="button" class="button icon" aria-label="Close" title="Close (Esc)" onClick={() => store.go({ compare: null, cell: null })}>
          <Icon name="close" />
        </button>
      </header>
      <div class="drawer-body scrolls" tabIndex={0} role="region" aria-label="Comparison of two cells">
        <div class="compare">
          <Side title="Pinned" at={pin} from={store.pinned} go={(cell) => store.go({ pin: cell })} other={store.detail.state.value.data} of={of} />
          <Side title="Selected" at={here} from={store.detail} go={({ size, column, row }) => store.go({ cell: { size, column, row } })} other={store.pinned.state.value.data} of={of} />
        </div>
      </div>
    </>
  );
}

interface SideOf {
  readonly title: string;
  readonly at: Pinned;
  readonly from: Resource<CellView>;
  /** Take another cell instead. */
  readonly go: (cell: Pinned) => void;
  /** What it is compared with. */
  readonly other: CellView | null;
  readonly of: string;
}

function Side({ title, at, from, go, other, of }: SideOf) {
  const store = useStore();
  const { data: cell, error, loading } = from.state.value;
  const atlas = store.atlas.value;
  const grid = atlas?.layers.find((l) => l.name === at.layer)?.grids.find((g) => g.size === at.size);
  if (!atlas) return null;
  const shown = store.icons.value?.pyramid;
  const pyramid = grid?.icons.find((p) => p.kind === shown?.kind && p.of === shown.of) ?? grid?.icons[0];
  const most = Math.max(1e-9, ...[cell, other].flatMap((c) => c?.datasets.map((d) => d.high) ?? []));
  const labels = cell?.datasets.find((d) => d.dataset === of)?.labels ?? [];
  const source = labels.some((l) => l.source === "given") ? "given" : "predicted";
  const { order } = store.view.value;
  const address = { atlas: atlas.name, layer: at.layer, size: at.size };
  return (
    <section class="compare-side" aria-label={title}>
      <div class="compare-head">
        {pyramid && cell && at.column !== OUTSIDE && cell.icons.length > 0 && <IconCrop address={address} pyramid={pyramid} cell={at} name={`Icon of the ${title.toLowerCase()} cell`} />}
        <div>
          <h3>{cell ? (at.column === OUTSIDE ? "Outside the map" : (cell.label ?? "Cell")) : loading ? "…" : "No such cell"}</h3>
          <p class="faint">
            {title.toLowerCase()} · {at.layer}
            <br />
            {at.column === OUTSIDE ? "beyond the edge" : `${at.size} grid: ${at.column}, ${at.row}`}
          </p>
          <button type="button" class="button small" disabled={!grid} onClick={() => store.go({ layer: at.layer, cell: { size: at.size, column: at.column, row: at.row }, compare: null })}>
            Go there
          </button>
        </div>
      </div>
      {!cell && <NoCell at={at} error={error} retry={() => from.reload()} go={go} />}
      {cell && (
        <>
          <table class="shares">
            <caption class="hidden">Samples of each dataset</caption>
            <tbody>
              {cell.datasets.map((d) => {
                const index = atlas.datasets.findIndex((x) => x.name === d.dataset);
                return (
                  <tr key={d.dataset}>
                    <th scope="row">{titleOf(atlas, d.dataset)}</th>
                    <td class="share-cell">
                      <div class="share-bar">
                        <span class="bar" style={{ width: `${(d.share / most) * 100}%`, background: store.colorOf(index) }} />
                        <span class="whisker" style={{ left: `${(d.low / most) * 100}%`, width: `${((d.high - d.low) / most) * 100}%` }} />
                      </div>
                    </td>
                    <td class="number">
                      {formatShare(d.share)}
                      <small>{formatInterval(d.low, d.high)}</small>
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
          <p class="note">
            Share of each dataset's samples, 95 % interval
            <Hint of="share" />
          </p>
          <div class="compare-of">
            <label class="inline">
              <span>of</span>
              <select aria-label={`Dataset of the classes and examples, ${title.toLowerCase()} cell`} value={of} onChange={(event) => store.go({ compare: event.currentTarget.value })}>
                {atlas.datasets.map((d) => (
                  <option key={d.name} value={d.name}>
                    {d.title}
                  </option>
                ))}
              </select>
            </label>
          </div>
          <h4>
            {source === "given" ? "Given labels" : "Predicted classes"}
            <Hint of="lift" />
          </h4>
          <Shares labels={labels.filter((l) => l.source === source).slice(0, 5)} />
          <div class="compare-examples">
            <ExampleColumn
              key={`${at.layer}/${at.size}/${at.column},${at.row}/${of}/${order}`}
              dataset={of}
              layer={at.layer}
              index={atlas.datasets.findIndex((d) => d.name === of)}
              total={cell.datasets.find((d) => d.dataset === of)?.count ?? 0}
              page={(dataset, cursor, signal) => store.source.examples(address, at, { dataset, order, cursor, limit: PAGE, version: grid?.version ?? "" }, signal)}
            />
          </div>
        </>
      )}
    </section>
  );
}
