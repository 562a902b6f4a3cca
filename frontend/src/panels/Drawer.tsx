/** The drawer on the right (a sheet from below on a phone): a cell, or the list of the most different ones. */
import { useComputed } from "@preact/signals";
import { CellPanel } from "./CellPanel";
import { useStore } from "./context";
import { RankingPanel } from "./RankingPanel";
import "./Drawer.css";

export function Drawer() {
  const store = useStore();
  const kind = useComputed(() => (store.view.value.cell ? "cell" : store.view.value.ranking ? "ranking" : null));
  if (kind.value === null) return null;
  return (
    <aside class="drawer" aria-label={kind.value === "cell" ? "Cell" : "Most different cells"}>
      {kind.value === "cell" ? <CellPanel /> : <RankingPanel />}
    </aside>
  );
}
