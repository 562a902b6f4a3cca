/** The page: an atlas, or the list of them. */
import { useComputed } from "@preact/signals";
import type { Store } from "../state/store";
import { About } from "./About";
import { StoreContext } from "./context";
import { Drawer } from "./Drawer";
import { Heatmap } from "./Heatmap";
import { Help } from "./Help";
import { Icon } from "./Icon";
import { Legend } from "./Legend";
import { Lightbox } from "./Lightbox";
import { MapPane } from "./MapPane";
import { NotesDialog } from "./NotesDialog";
import { MetricsPanel } from "./MetricsPanel";
import { Rail } from "./Rail";
import { SaveDialog } from "./SaveDialog";
import { Start } from "./Start";
import { Announcer, Status } from "./Status";
import { TracePanel } from "./TracePanel";
import "./App.css";

export function App({ store }: { store: Store }) {
  const drawer = useComputed(() => store.view.value.cell !== null || store.view.value.lasso !== null || store.view.value.label !== null || store.view.value.ranking);
  const atlas = useComputed(() => store.atlas.value?.name ?? null);
  if (atlas.value === null) {
    return (
      <StoreContext.Provider value={store}>
        <Start />
      </StoreContext.Provider>
    );
  }
  return (
    <StoreContext.Provider value={store}>
      <div class={`app ${drawer.value ? "with-drawer" : ""} ${store.view.value.trace ? "with-trace" : ""} ${(store.atlas.value?.datasets.length ?? 0) > 2 ? "many" : ""}`}>
        <TopBar />
        <Rail />
        {/* Another atlas is another map. */}
        <MapPane key={atlas.value} />
        <Legend />
        <Status />
        <TracePanel />
        <Drawer />
        <Heatmap />
        <MetricsPanel />
        <Lightbox />
        <About />
        <SaveDialog />
        <NotesDialog />
        <Help />
        <Announcer />
      </div>
    </StoreContext.Provider>
  );

  function TopBar() {
    return (
      <header class="topbar">
        <button type="button" class="button icon" aria-label="Menu" aria-expanded={store.menu.value} onClick={() => (store.menu.value = !store.menu.value)}>
          <Icon name="menu" />
        </button>
        <p class="topbar-title">
          <b>{store.atlas.value?.title}</b>
          <span class="faint">
            {store.layer.value?.name} · {store.size.value} grid
          </span>
        </p>
      </header>
    );
  }
}
