/** The drawer on the right (a sheet from below on a phone): a cell, or the list of the most different ones. */
import { useComputed } from "@preact/signals";
import { CellPanel } from "./CellPanel";
import { ClassPanel } from "./ClassPanel";
import { ComparePanel } from "./ComparePanel";
import { useStore } from "./context";
import { RankingPanel } from "./RankingPanel";
import { SelectionPanel } from "./SelectionPanel";
import "./Drawer.css";

export function Drawer() {
  const store = useStore();
  const kind = useComputed(() => (store.view.value.cell ? (store.view.value.pin && store.view.value.compare !== null ? "compare" : "cell") : store.view.value.lasso ? "lasso" : store.view.value.label !== null ? "class" : store.view.value.ranking ? "ranking" : null));
  if (kind.value === null) return null;
  return (
    <aside class="drawer" aria-label={{ cell: "Cell", compare: "Two cells", lasso: "Taken samples", class: "Where a class is", ranking: "Most different cells" }[kind.value]}>
      {kind.value === "cell" && <CellPanel />}
      {kind.value === "compare" && <ComparePanel />}
      {kind.value === "lasso" && <SelectionPanel />}
      {kind.value === "class" && <ClassPanel />}
      {kind.value === "ranking" && <RankingPanel />}
    </aside>
  );
}
