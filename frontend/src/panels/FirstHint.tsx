/** Five words for who is here for the first time; gone with the first cell. */
import { useComputed, useSignalEffect } from "@preact/signals";
import { useState } from "preact/hooks";
import { useStore } from "./context";

const KEY = "ganatlas-begun";

export function FirstHint() {
  const store = useStore();
  const [begun, setBegun] = useState(remembers);
  const busy = useComputed(() => {
    const { cell, lasso, label, ranking, sample } = store.view.value;
    return Boolean(cell || lasso || label !== null || ranking || sample) || store.tool.value === "lasso";
  });
  useSignalEffect(() => {
    if (!store.view.value.cell || begun) return;
    remember();
    setBegun(true);
  });
  if (begun || busy.value || !store.table.value) return null;
  return <p class="chip map-first">{matchMedia("(pointer: coarse)").matches ? "Tap" : "Click"} a cell to begin</p>;
}

function remembers(): boolean {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    // Storage may be forbidden, as in a sandboxed frame: the hint then comes with each visit.
    return false;
  }
}

function remember(): void {
  try {
    localStorage.setItem(KEY, "yes");
  } catch {
    // As above.
  }
}
