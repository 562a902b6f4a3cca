/** What the cell is about: classes that the network's gradient points to, and classes of its members in each dataset. */
import type { CellView, LabelShare } from "../api/types";
import { formatNumber, formatRatio, formatShare } from "../lib/format";
import { titleOf } from "../lib/names";
import { useStore } from "./context";
import { Hint } from "./Hint";
import "./Labels.css";

const TOP = 4;

export function Labels({ cell }: { cell: CellView }) {
  const store = useStore();
  const atlas = store.atlas.value;
  if (!atlas) return null;
  const sources = (["predicted", "given"] as const).filter((source) => cell.datasets.some((d) => d.labels.some((l) => l.source === source)));
  if (sources.length === 0 && !cell.attribution?.length) return null;
  const strongest = Math.max(1e-9, ...(cell.attribution ?? []).map((a) => Math.abs(a.effect)));
  return (
    <section class="labels">
      {cell.attribution && cell.attribution.length > 0 && (
        <div>
          <h3>
            Points to (attribution)
            <Hint of="attribution" />
          </h3>
          <ul class="attribution">
            {cell.attribution.slice(0, TOP).map((a) => (
              <li key={a.name}>
                <button type="button" class="label-name" aria-pressed={store.view.value.label === a.name} title={`Fade the map by ${a.name}`} onClick={() => store.go({ label: store.view.value.label === a.name ? null : a.name })}>
                  {a.name}
                </button>
                <span class="label-bar">
                  <span style={{ width: `${(Math.max(0, a.effect) / strongest) * 100}%` }} />
                </span>
                <span class="number faint">{formatNumber(a.effect, 2)}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
      {sources.map((source) => (
        <div key={source}>
          <h3>
            {source === "predicted" ? "Members' predicted classes" : "Members' given labels"}
            <Hint of="lift" />
          </h3>
          <div class="label-columns">
            {cell.datasets.filter((d) => source === "predicted" || atlas.datasets.find((x) => x.name === d.dataset)?.has_labels).map((d) => (
              <div key={d.dataset}>
                <h4>
                  <i class="swatch" style={{ background: store.colorOf(atlas.datasets.findIndex((x) => x.name === d.dataset)) }} />
                  {titleOf(atlas, d.dataset)}
                </h4>
                <Shares labels={d.labels.filter((l) => l.source === source).slice(0, TOP)} />
              </div>
            ))}
          </div>
        </div>
      ))}
    </section>
  );
}

export function Shares({ labels }: { labels: readonly LabelShare[] }) {
  if (labels.length === 0) return <p class="faint">none</p>;
  return (
    <ul>
      {labels.map((label) => (
        <li key={label.name} title={`${label.count} members; ${formatRatio(label.lift)} its share in the dataset`}>
          <span class="label-name">{label.name}</span>
          <span class="number">{formatShare(label.share)}</span>
          <span class="number faint">{formatRatio(label.lift)}</span>
        </li>
      ))}
    </ul>
  );
}
