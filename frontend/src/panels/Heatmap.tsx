/** Layers × grids: how different each pair is in each layer, at each scale; every entry leads to its map. */
import { useComputed } from "@preact/signals";
import type { DivergenceEntry } from "../api/types";
import { cssColor, inkOn, type Ramp } from "../lib/color";
import { matrices, scaleEnd, valueOf, type Matrix, type Measure } from "../lib/divergence";
import { entryFacts } from "../lib/entryFacts";
import { FIGURES } from "../lib/figures";
import { formatNumber } from "../lib/format";
import { titleOf } from "../lib/names";
import type { Store } from "../state/store";
import { useStore } from "./context";
import { Dialog } from "./Dialog";
import { Hint } from "./Hint";
import { usePointed, type Pointed } from "./pointed";
import "./Heatmap.css";

export function Heatmap() {
  const store = useStore();
  const open = useComputed(() => store.view.value.heatmap);
  if (!open.value || !store.atlas.value) return null;
  return (
    <Dialog title="Where the datasets differ" wide onClose={() => store.go({ heatmap: false })}>
      <Body />
    </Dialog>
  );
}

function Body() {
  const store = useStore();
  const { data, error, loading } = store.divergence.state.value;
  const atlas = store.atlas.value;
  const pointed = usePointed();
  const { measure } = store.view.value;
  if (!atlas) return null;
  if (!data) {
    if (error) return <p class="empty">{error.message}</p>;
    return <p class="empty">{loading ? "Loading …" : "This atlas has no divergence yet."}</p>;
  }
  const automatic: readonly [number, number] = [0, scaleEnd(data, measure)];
  const range = store.view.value.range ?? automatic;
  const tables = matrices(data, atlas.layers.map((l) => l.name));
  const unit = measure === "js" ? "bits" : "nats";
  const entries = tables.filter((table) => !table.isSelf).flatMap((table) => table.entries.flat());
  const trusted = entries.filter((entry) => entry?.valid);
  const greatest = trusted.reduce<DivergenceEntry | null>((most, entry) => (entry && (!most || valueOf(entry, measure) > valueOf(most, measure)) ? entry : most), null);
  return (
    <div class="heatmap">
      <div class="heatmap-controls">
        <div class="segments" role="group" aria-label="Measure">
          {(["js", "kl"] as const).map((m) => (
            <button key={m} type="button" aria-pressed={measure === m} onClick={() => store.go({ measure: m, range: null })}>
              {m === "js" ? "Jensen–Shannon" : "KL"}
            </button>
          ))}
        </div>
        <Range range={range} automatic={automatic} unit={unit} ramp={store.sequential.value} onChange={(value) => store.go({ range: value })} />
      </div>
      <p class="note">
        <Hint of={measure} /> {data.measures[measure === "js" ? "js_corrected" : "kl"] ?? (measure === "js" ? "Jensen–Shannon divergence, corrected by the mean of its permutation null." : "KL divergence of the first dataset from the second, corrected.")}
      </p>
      <div class="heatmap-tables">
        {tables.map((table) => (
          <Table key={`${table.first}~${table.second}~${table.isSelf}`} table={table} measure={measure} range={range} greatest={greatest} pointed={pointed} />
        ))}
      </div>
      <p class="note">
        Columns: cells a side of the grid. Click an entry (by finger, tap it twice) to go there, coloured by contribution; the framed one is the greatest with enough samples. Hatched entries have fewer than 5
        samples a cell and are biased low. A dot marks p &lt; 0.05
        <Hint of="p" />.
      </p>
      <Told entry={data.entries.find((entry) => keyOf(entry) === pointed.key) ?? greatest} />
    </div>
  );
}

function keyOf(entry: DivergenceEntry): string {
  return `${entry.first}~${entry.second}~${entry.is_self}/${entry.layer}/${entry.size}`;
}

function goTo(store: Store, entry: DivergenceEntry): void {
  const pair = entry.is_self ? {} : { pair: [entry.first, entry.second] as const, color: "contribution" as const };
  store.go({ layer: entry.layer, grid: entry.size, heatmap: false, at: null, cell: null, ...pair });
}

/** Everything of one entry, in sight on any screen: the one that is pointed at, tapped or focused, else the greatest. */
function Told({ entry }: { entry: DivergenceEntry | null }) {
  const store = useStore();
  if (!entry) return null;
  const title = (name: string): string => titleOf(store.atlas.value, name);
  return (
    <section class="told" aria-label="The entry in numbers">
      <header>
        <p>
          <b>{entry.layer}</b>, {entry.size} grid <span class="faint">{entry.is_self ? `${title(entry.first)} against itself` : `${title(entry.first)} against ${title(entry.second)}`}</span>
        </p>
        <button type="button" class="button small" onClick={() => goTo(store, entry)}>
          Go there
        </button>
      </header>
      <dl>
        {entryFacts(entry).map(({ of, name, text, care }) => (
          <div key={of}>
            <dt>
              {name ?? FIGURES[of].title}
              <Hint of={of} />
            </dt>
            <dd class={care ? "care" : ""}>{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Range({ range, automatic, unit, ramp, onChange }: { range: readonly [number, number]; automatic: readonly [number, number]; unit: string; ramp: Ramp; onChange: (range: readonly [number, number] | null) => void }) {
  const stops = Array.from({ length: 9 }, (_, i) => cssColor(ramp, i / 8)).join(", ");
  const set = (end: 0 | 1, text: string): void => {
    const value = Number(text);
    if (text === "" || !Number.isFinite(value)) return;
    const next: readonly [number, number] = end === 0 ? [value, range[1]] : [range[0], value];
    if (next[1] > next[0]) onChange(next);
  };
  return (
    <div class="heatmap-range">
      <input type="number" step="any" aria-label="Start of the colour scale" value={range[0]} onChange={(event) => set(0, event.currentTarget.value)} />
      <span class="heatmap-ramp" style={{ background: `linear-gradient(to right, ${stops})` }} />
      <input type="number" step="any" aria-label="End of the colour scale" value={range[1]} onChange={(event) => set(1, event.currentTarget.value)} />
      <span class="faint">{unit}</span>
      {(range[0] !== automatic[0] || range[1] !== automatic[1]) && (
        <button type="button" class="button small" onClick={() => onChange(null)}>
          reset
        </button>
      )}
    </div>
  );
}

function Table({ table, measure, range, greatest, pointed }: { table: Matrix; measure: Measure; range: readonly [number, number]; greatest: DivergenceEntry | null; pointed: Pointed }) {
  const store = useStore();
  const ramp = store.sequential.value;
  const now = store.pair.value;
  const current = !table.isSelf && now?.[0] === table.first && now[1] === table.second;
  return (
    <table class={`heatmap-table ${table.isSelf ? "self" : ""}`}>
      <caption>
        {table.isSelf ? (
          <>
            <b>{titleOf(store.atlas.value, table.first)}</b> halved: noise floor
            <Hint of="floor" />
          </>
        ) : (
          <>
            <b>{titleOf(store.atlas.value, table.first)}</b> {measure === "kl" ? "‖" : "against"} <b>{titleOf(store.atlas.value, table.second)}</b>
          </>
        )}
      </caption>
      <thead>
        <tr>
          <th scope="col">
            <span class="hidden">Layer</span>
          </th>
          {table.sizes.map((size) => (
            <th key={size} scope="col">
              {size}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {table.layers.map((layer, i) => (
          <tr key={layer}>
            <th scope="row">{layer}</th>
            {table.sizes.map((size, j) => {
              const entry = table.entries[i]?.[j];
              if (!entry) return <td key={size} />;
              const value = valueOf(entry, measure);
              const t = (value - range[0]) / (range[1] - range[0]);
              const here = current && store.layer.value?.name === layer && store.size.value === size;
              return (
                <td key={size}>
                  <button
                    type="button"
                    class={`${entry.valid ? "" : "unsure"} ${here ? "here" : ""} ${entry === greatest ? "greatest" : ""}`}
                    style={{ backgroundColor: cssColor(ramp, t), color: inkOn(ramp, t) }}
                    aria-label={`${layer}, ${size} grid: ${formatNumber(value)}${entry.valid ? "" : ", too few samples"}${entry === greatest ? ", the greatest" : ""}`}
                    {...pointed.on(keyOf(entry), () => goTo(store, entry))}
                  >
                    {short(value)}
                    {entry.p < 0.05 && <i class="dot" />}
                  </button>
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Three decimals below 1, two above, as a column of numbers needs it. */
function short(value: number): string {
  if (Math.abs(value) < 0.0005) return "0";
  const text = Math.abs(value) < 0.9995 ? Math.abs(value).toFixed(3).slice(1) : Math.abs(value).toFixed(2);
  return (value < 0 ? "\u2212" : "") + text;
}
