/** The rail on the left: which atlas, which pair, which layer and grid, how coloured, which icons. */
import { useState } from "preact/hooks";
import { ofLayer } from "../lib/divergence";
import { formatCount } from "../lib/format";
import type { ColorMode } from "../lib/heat";
import { iconKinds, iconName } from "../lib/icons";
import { titleOf } from "../lib/names";
import { useStore } from "./context";
import { Icon } from "./Icon";
import { Legend } from "./Legend";
import { Sparkline } from "./Sparkline";
import "./Rail.css";

export function Rail() {
  const store = useStore();
  const [copied, setCopied] = useState(false);
  const atlas = store.atlas.value;
  if (!atlas) return null;
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(location.href);
      setCopied(true);
      setTimeout(() => setCopied(false), 1500);
    } catch {
      // No clipboard here (an insecure origin): the address bar has the same link.
    }
  };
  return (
    <nav class={`rail ${store.menu.value ? "open" : ""}`} aria-label="Atlas">
      <header class="rail-head">
        <AtlasTitle />
        <button type="button" class="button icon rail-close" aria-label="Close the menu" onClick={() => (store.menu.value = false)}>
          <Icon name="close" />
        </button>
      </header>
      <div class="rail-body scrolls">
        {atlas.pairs.length > 0 && <PairPicker />}
        <LayerList />
        <GridPicker />
        <ColorPicker />
        <IconPicker />
      </div>
      <footer class="rail-foot">
        <button type="button" class="button wide" aria-pressed={store.view.value.ranking} onClick={() => {
          store.menu.value = false;
          store.go({ ranking: !store.view.value.ranking, cell: null });
        }}>
          <Icon name="rank" /> Most different <kbd>d</kbd>
        </button>
        <button type="button" class="button wide" aria-haspopup="dialog" disabled={!atlas.divergence_version} onClick={() => {
          store.menu.value = false;
          store.go({ heatmap: true });
        }}>
          <Icon name="grid" /> Layers × grids <kbd>h</kbd>
        </button>
        <div class="rail-small">
          <button type="button" class="button icon" aria-label="Keys" title="Keys (?)" onClick={() => (store.help.value = true)}>
            <Icon name="help" />
          </button>
          <button
            type="button"
            class="button icon"
            aria-label={store.theme.value === "dark" ? "Light colours" : "Dark colours"}
            title="Dark or light (t)"
            onClick={() => (store.theme.value = store.theme.value === "dark" ? "light" : "dark")}
          >
            <Icon name={store.theme.value === "dark" ? "sun" : "moon"} />
          </button>
          <button type="button" class="button icon" aria-label={copied ? "Link copied" : "Copy a link to this view"} title="Copy a link to this view" onClick={() => void copy()}>
            <Icon name={copied ? "check" : "link"} />
          </button>
        </div>
      </footer>
    </nav>
  );
}

function AtlasTitle() {
  const { atlas: { value: atlas }, atlases, root } = useStore();
  if (!atlas) return null;
  const images = atlas.datasets.reduce((sum, d) => sum + d.count, 0);
  return (
    <div class="rail-title">
      {atlases.value.length > 1 ? (
        <h1>
          <select aria-label="Atlas" value={atlas.name} onChange={(event) => location.assign(`${root}a/${encodeURIComponent(event.currentTarget.value)}`)}>
            {atlases.value.map((a) => (
              <option key={a.name} value={a.name}>
                {a.title}
              </option>
            ))}
          </select>
        </h1>
      ) : (
        <h1 title={atlas.name}>{atlas.title}</h1>
      )}
      <p class="faint">
        {formatCount(images)} images{atlas.classifier ? ` · ${atlas.classifier}` : ""}
      </p>
    </div>
  );
}

function PairPicker() {
  const store = useStore();
  const atlas = store.atlas.value;
  const now = store.pair.value;
  if (!atlas || !now) return null;
  return (
    <section class="field">
      <label for="pair">Compare</label>
      {atlas.pairs.length === 1 ? (
        <p class="pair-names" id="pair">
          <b class="first">{titleOf(atlas, now[0])}</b> <span class="faint">against</span> <b class="second">{titleOf(atlas, now[1])}</b>
        </p>
      ) : (
        <select id="pair" value={now.join("~")} onChange={(event) => store.go({ pair: event.currentTarget.value.split("~") as unknown as [string, string] })}>
          {atlas.pairs.map(([first, second]) => (
            <option key={`${first}~${second}`} value={`${first}~${second}`}>
              {titleOf(atlas, first)} against {titleOf(atlas, second)}
            </option>
          ))}
        </select>
      )}
    </section>
  );
}

function LayerList() {
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
        <span class="faint" title="Corrected Jensen–Shannon divergence of the pair on the grid on screen, in bits (0 to 1)">
          JS, bits
        </span>
      </div>
      <ul class="layers">
        {rows.map(({ layer, entries }) => {
          const entry = entries.find((e) => e.size === store.size.value);
          return (
            <li key={layer.name}>
              <button type="button" aria-pressed={layer.name === now?.name} onClick={() => store.go({ layer: layer.name })} title={layerFacts(layer)}>
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

function layerFacts(layer: { channels: number; width: number; height: number; point_count: number; trustworthiness: number | null; receptive_field: number | null }): string {
  const facts = [`${layer.channels} channels, ${layer.width} × ${layer.height} positions`, `${formatCount(layer.point_count)} samples`];
  if (layer.receptive_field !== null) facts.push(`each saw about ${Math.round(layer.receptive_field)} px of the input`);
  if (layer.trustworthiness !== null) facts.push(`trustworthiness ${layer.trustworthiness.toFixed(3)}`);
  return facts.join("\n");
}

function GridPicker() {
  const store = useStore();
  const auto = store.view.value.grid === "auto";
  return (
    <section class="field">
      <h2 id="grid-name">Grid</h2>
      <div class="segments" role="group" aria-labelledby="grid-name">
        <button type="button" aria-pressed={auto} title="Zoom chooses the grid (g)" onClick={() => store.go({ grid: "auto" })}>
          auto
        </button>
        {store.sizes.value.map((size) => (
          <button
            key={size}
            type="button"
            aria-pressed={!auto && store.size.value === size}
            class={auto && store.size.value === size ? "hinted" : ""}
            title={`${size} × ${size} cells`}
            onClick={() => store.go({ grid: size })}
          >
            {size}
          </button>
        ))}
      </div>
    </section>
  );
}

const COLOR_NAMES: Readonly<Record<ColorMode, string>> = {
  effect: "Effect: times more",
  contribution: "Contribution to divergence",
  density: "Density of a dataset",
  none: "Nothing: icons alone",
};

function ColorPicker() {
  const store = useStore();
  const { color, opacity, significance } = store.view.value;
  const datasets = store.atlas.value?.datasets ?? [];
  return (
    <section class="field">
      <label for="color">Colour by</label>
      <select id="color" value={color} onChange={(event) => store.go({ color: event.currentTarget.value as ColorMode })}>
        {(Object.keys(COLOR_NAMES) as ColorMode[]).map((mode) => (
          <option key={mode} value={mode}>
            {COLOR_NAMES[mode]}
          </option>
        ))}
      </select>
      {color === "density" && (
        <select aria-label="Dataset of the density" value={store.densityOf.value} onChange={(event) => store.go({ density: event.currentTarget.value })}>
          {datasets.map((d) => (
            <option key={d.name} value={d.name}>
              {d.title}
            </option>
          ))}
        </select>
      )}
      <Legend />
      {color !== "none" && (
        <label class="slider">
          <span>Strength</span>
          <input type="range" min="0" max="1" step="0.05" value={opacity} onInput={(event) => store.go({ opacity: Number(event.currentTarget.value) })} />
        </label>
      )}
      {(color === "effect" || color === "contribution") && (
        <label class="check">
          <input type="checkbox" checked={significance} onChange={(event) => store.go({ significance: event.currentTarget.checked })} />
          <span>Fade what may be chance</span>
        </label>
      )}
    </section>
  );
}

function IconPicker() {
  const store = useStore();
  const layer = store.layer.value;
  const wish = store.view.value.icons;
  if (!layer) return null;
  const kinds = iconKinds(layer.grids);
  const choice = store.icons.value;
  const value = typeof wish === "string" ? wish : `${wish.kind}:${wish.of}`;
  const known = value === "auto" || value === "none" || kinds.some((k) => `${k.kind}:${k.of}` === value);
  return (
    <section class="field">
      <label for="icons">Icons</label>
      <select
        id="icons"
        value={value}
        onChange={(event) => {
          const text = event.currentTarget.value;
          const [kind, of] = text.split(":");
          store.go({ icons: text === "auto" || text === "none" ? text : ({ kind, of } as { kind: "exemplar"; of: string }) });
        }}
      >
        <option value="auto">Automatic</option>
        {kinds.map((kind) => (
          <option key={`${kind.kind}:${kind.of}`} value={`${kind.kind}:${kind.of}`}>
            {iconName(kind, store.atlas.value)}
          </option>
        ))}
        {!known && typeof wish !== "string" && <option value={value}>{iconName(wish, store.atlas.value)}</option>}
        <option value="none">None</option>
      </select>
      {choice?.standIn && (
        <p class="note">
          Not made for this grid yet: {iconName(choice.pyramid, store.atlas.value)} stands in.
        </p>
      )}
      {store.iconsFailed.value && <p class="note">Icons could not be loaded.</p>}
    </section>
  );
}
