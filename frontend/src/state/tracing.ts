/** The trace: whose members are drawn in every layer, and how it begins, changes and ends. It keeps its origin whatever is looked at. */
import { effect } from "@preact/signals";
import { sameMembers, type Located } from "../lib/places";
import type { Store } from "./store";

/** A trace that was opened before anything was selected takes what is selected first, and old links what they name. @returns how to stop. */
export function settleTrace(store: Store): () => void {
  return effect(() => {
    const of = store.selected.value;
    if (store.view.value.trace === "on" && of) store.go({ trace: of });
  });
}

/** Open the trace with what is selected, or close it. */
export function toggleTrace(store: Store): void {
  store.go({ trace: store.view.value.trace === null ? (store.selected.value ?? "on") : null, image: null });
}

/** Trace what is selected, instead of what was; what is traced already is let go. */
export function traceSelected(store: Store): void {
  const of = store.selected.value;
  if (isTraced(store)) store.go({ trace: null, image: null });
  else if (of) store.go({ trace: of, image: null });
}

/** Show one image's way, beside what is traced. */
export function tracePath(store: Store, dataset: string, image: number): void {
  const { trace } = store.view.value;
  store.go({ trace: typeof trace === "object" && trace ? trace : "path", image: { dataset, image }, sample: null, metrics: null });
}

/** Let the image go; with nothing else traced that is the end. */
export function letPathGo(store: Store): void {
  store.go({ image: null, ...(store.view.value.trace === "path" ? { trace: null } : {}) });
}

/** Whether the members of what is selected are those that are traced. */
export function isTraced(store: Store): boolean {
  const [of, now] = [store.tracedOf.value, store.selected.value];
  return store.view.value.trace !== null && of !== null && now !== null && sameMembers(of, now);
}

/** Back to where the trace began: its layer, and the cell or lasso. */
export function goToOrigin(store: Store, { layer, place }: Located): void {
  if ("cell" in place) store.go({ layer, cell: place.cell, compare: null });
  else store.go({ layer, cell: null, lasso: { layer, place }, whole: null });
}

/** Look at another layer. Members that are traced stay in the drawer: the cell at the same place there holds others. */
export function goToLayer(store: Store, layer: string): void {
  const [of, { cell }] = [store.tracedOf.value, store.view.value];
  if (layer === store.layer.value?.name) return;
  if (!of || !cell || !isTraced(store)) store.go({ layer });
  else store.go({ layer, cell: null, compare: null, lasso: { layer: of.layer, place: { size: cell.size, cells: [{ column: cell.column, row: cell.row }] } } });
}
