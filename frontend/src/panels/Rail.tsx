/** The rail on the left: which atlas, which pair, which layer and grid, how coloured, which icons. */
import type { AtlasView } from "../api/types";
import { formatCount, plural } from "../lib/format";
import { titleOf } from "../lib/names";
import { toggleRanking } from "../state/actions";
import { notesOf } from "../state/notes";
import { ClassFinder } from "./ClassFinder";
import { useStore } from "./context";
import { Icon } from "./Icon";
import { ColorPicker, IconPicker } from "./Looks";
import { LayerList } from "./LayerList";
import { SeriesSlider } from "./SeriesSlider";
import "./Rail.css";

export function Rail() {
  const store = useStore();
  const atlas = store.atlas.value;
  if (!atlas) return null;
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
        <SeriesSlider />
        {atlas.pairs.length > 0 && <SplitPicker />}
        <LayerList />
        <GridPicker />
        <ClassFinder />
        <ColorPicker />
        <IconPicker />
      </div>
      <footer class="rail-foot">
        <button type="button" class="button wide" aria-pressed={store.view.value.ranking} onClick={() => {
          store.menu.value = false;
          toggleRanking(store);
        }}>
          <Icon name="rank" /> Most different <kbd>d</kbd>
        </button>
        <button type="button" class="button wide" aria-haspopup="dialog" disabled={!atlas.divergence_version} onClick={() => {
          store.menu.value = false;
          store.go({ heatmap: true });
        }}>
          <Icon name="grid" /> Layers × grids <kbd>h</kbd>
        </button>
        <button type="button" class="button wide" aria-haspopup="dialog" disabled={!atlas.metrics_version} onClick={() => {
          store.menu.value = false;
          store.go({ metrics: "layers" });
        }}>
          <Icon name="chart" /> Metrics <kbd>m</kbd>
        </button>
        <NotesButton />
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
          <button type="button" class="button save-button" aria-haspopup="dialog" title="Take it along: link, pictures, tables (w)" onClick={() => (store.save.value = true)}>
            <Icon name="save" /> Take along
          </button>
        </div>
      </footer>
    </nav>
  );
}

function NotesButton() {
  const notes = notesOf(useStore());
  const count = notes.all.value.length;
  return (
    <button type="button" class="button wide" aria-haspopup="dialog" onClick={() => (notes.open.value = true)}>
      <Icon name="note" /> Notes{count > 0 && <span class="faint">{formatCount(count)}</span>} <kbd>j</kbd>
    </button>
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
      <AboutButton atlas={atlas} />
    </div>
  );
}

/** The way to what the atlas says of itself; what a reader should know first stands on it. */
function AboutButton({ atlas }: { atlas: AtlasView }) {
  const store = useStore();
  const skipped = atlas.datasets.reduce((sum, d) => sum + d.skipped_count, 0);
  const notices = [
    atlas.warnings.length > 0 && plural(atlas.warnings.length, "warning"),
    skipped > 0 && `${formatCount(skipped)} skipped`,
    atlas.missing.length > 0 && `${formatCount(atlas.missing.length)} not made`,
  ].filter(Boolean);
  return (
    <button type="button" class={`about-button ${atlas.warnings.length > 0 ? "warn" : ""}`} aria-haspopup="dialog" title="About this atlas (a)" onClick={() => store.go({ about: true })}>
      {notices.length > 0 ? notices.join(" · ") : "About this atlas"}
    </button>
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

function SplitPicker() {
  const store = useStore();
  const ways = [
    ["one", "One", "Both datasets on one map"],
    ["side", "Two", "Side by side: a map for each dataset, moving together"],
    ["swipe", "Swipe", "One behind the other, with an edge to drag"],
  ] as const;
  return (
    <div class="field">
      <div class="segments" role="group" aria-label="Maps">
        {ways.map(([value, name, title]) => (
          <button key={value} type="button" aria-pressed={store.view.value.split === value} title={`${title} (v)`} onClick={() => store.go({ split: value })}>
            {name}
          </button>
        ))}
      </div>
    </div>
  );
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
