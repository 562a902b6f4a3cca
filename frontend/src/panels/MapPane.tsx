/** The part of the page that the map fills: one map, or two side by side or under a curtain, and the buttons on it. */
import { useComputed } from "@preact/signals";
import { useRef } from "preact/hooks";
import { plural } from "../lib/format";
import { OUTSIDE } from "../lib/geometry";
import { selectOutside } from "../state/actions";
import { choosingOf, setTool, toggleChoosing } from "../state/choosing";
import type { MapControls } from "../state/keys";
import { ChoosingHint } from "./ChoosingHint";
import { useStore } from "./context";
import { Curtain } from "./Curtain";
import { Filter } from "./Filter";
import { FirstHint } from "./FirstHint";
import { Icon } from "./Icon";
import { MapCanvas } from "./MapCanvas";
import { Minimap } from "./Minimap";
import { SampleTip } from "./SampleTip";
import { Tooltip } from "./Tooltip";
import "./MapPane.css";

export function MapPane() {
  const store = useStore();
  const controls = useRef<MapControls | null>(null);
  const split = useComputed(() => (store.pair.value ? store.view.value.split : "one"));
  const curtain = useComputed(() => store.view.value.swipe);
  const selected = useComputed(() => store.view.value.cell);
  const outside = useComputed(() => {
    const table = store.table.value;
    return table && table.outside >= 0 ? (table.total[table.outside] ?? 0) : 0;
  });
  const clip = split.value === "swipe" ? { clipPath: `inset(0 0 0 ${curtain.value * 100}%)` } : {};
  return (
    <main class={`map split-${split.value}`} aria-label="Map">
      <div class="map-panes">
        <div class="map-pane">
          <MapCanvas lead onReady={(found) => (controls.current = found)} />
        </div>
        {split.value !== "one" && (
          <div class="map-pane second" style={clip}>
            <MapCanvas lead={false} />
          </div>
        )}
        {split.value === "swipe" && <Curtain />}
      </div>
      <Minimap controls={controls} />
      <FirstHint />
      <ChoosingHint />
      <Filter />
      <Tooltip />
      <SampleTip />
      <div class="map-buttons" role="group" aria-label="Map">
        <button type="button" class="button icon" aria-label="Zoom in" title="Zoom in (+)" onClick={() => controls.current?.zoomBy(1.5)}>
          <Icon name="plus" />
        </button>
        <button type="button" class="button icon" aria-label="Zoom out" title="Zoom out (−)" onClick={() => controls.current?.zoomBy(1 / 1.5)}>
          <Icon name="minus" />
        </button>
        <button type="button" class="button icon" aria-label="Whole map" title="Whole map (0)" onClick={() => controls.current?.home()}>
          <Icon name="fit" />
        </button>
        <button
          type="button"
          class="button icon"
          aria-label="Draw a lasso"
          aria-pressed={store.tool.value === "lasso"}
          title="Draw a lasso (l)"
          onClick={() => setTool(store, store.tool.value === "lasso" ? "pan" : "lasso")}
        >
          <Icon name="lasso" />
        </button>
        <button
          type="button"
          class="button icon"
          aria-label="Choose cells"
          aria-pressed={choosingOf(store) !== null}
          title="Choose cells one by one (e)"
          onClick={() => toggleChoosing(store, controls.current?.middle() ?? { x: 0.5, y: 0.5 })}
        >
          <Icon name="cells" />
        </button>
      </div>
      {outside.value > 0 && (
        <button
          type="button"
          class="chip map-outside"
          aria-pressed={selected.value?.column === OUTSIDE}
          title="Samples that lie beyond the edge of the map, as one cell"
          onClick={() => selectOutside(store)}
        >
          outside: {plural(outside.value, "sample")}
        </button>
      )}
    </main>
  );
}
