/** The layers, with how much the pair differs in each: a sparkline over the grids and the number for the one on screen. */
import type { LayerView } from "../api/types";
import { ofLayer } from "../lib/divergence";
import { formatCount } from "../lib/format";
import { goToLayer } from "../state/tracing";
import { useStore } from "./context";
import { Hint } from "./Hint";
import { Sparkline } from "./Sparkline";
import "./LayerList.css";

export function LayerList() {
  const store = useStore();
  const [atlas, pair, divergence, now] = [store.atlas.value, store.pair.value, store.divergence.state.value.data, store.layer.value];
  if (!atlas) return null;
  const all = [...new Set(atlas.layers.flatMap((l) => l.grids.map((g) => g.size)))].sort((a, b) => a - b);
  const rows = atlas.layers.map((layer) => ({ layer, entries: divergence && pair ? ofLayer(divergence, layer.name, pair) : [] }));
  const limit = Math.max(1e-6, ...rows.flatMap((row) => row.entries.map((e) => e.js_corrected)));
  return (
    <section class="field">
      <div class="field-head">
        <h2>Layer</h2>
        <span class="faint">
          JS, bits
          <Hint of="js" />
        </span>
      </div>
      <ul class="layers">
        {rows.map(({ layer, entries }) => {
          const entry = entries.find((e) => e.size === store.size.value);
          return (
            <li key={layer.name}>
              <button type="button" aria-pressed={layer.name === now?.name} onClick={() => goToLayer(store, layer.name)} title={layerFacts(layer)}>
                <span class="layer-name">{layer.name}</span>
                <Sparkline entries={entries} sizes={all} limit={limit} current={layer.name === now?.name ? store.size.value : null} />
                <span class={`layer-value ${entry && !entry.valid ? "unsure" : ""}`}>{entry ? Math.max(0, entry.js_corrected).toFixed(3) : "–"}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function layerFacts(layer: LayerView): string {
  const facts = [`${layer.channels} channels, ${layer.width} × ${layer.height} positions`, `${formatCount(layer.point_count)} samples`];
  if (layer.receptive_field !== null) facts.push(`each saw about ${Math.round(layer.receptive_field)} px of the input`);
  for (const name of ["trustworthiness", "continuity", "stability"] as const) {
    const value = layer[name];
    if (value !== null) facts.push(`${name} ${value.toFixed(3)}`);
  }
  return facts.join("\n");
}
