/** On the map, while cells are chosen: how, how many there are, and the way out. The keys go to the map then. */
import { useEffect } from "preact/hooks";
import { plural } from "../lib/format";
import { choosingOf, setTool } from "../state/choosing";
import { useStore } from "./context";

export function ChoosingHint() {
  const store = useStore();
  const choosing = choosingOf(store);
  const on = choosing !== null;
  useEffect(() => {
    if (on) document.querySelector<HTMLElement>(".map-view")?.focus({ preventScroll: true });
  }, [on]);
  if (!choosing) return null;
  const place = store.view.value.lasso?.place;
  const count = place && "cells" in place ? place.cells.length : 0;
  return (
    <p class="chip map-filter">
      <b>{plural(count, "cell")}</b> <span class="faint">{matchMedia("(pointer: coarse)").matches ? "tap to take or leave one" : "click, or arrows and Space"}</span>
      <button type="button" class="button small" title="Stop choosing (e or Esc)" onClick={() => setTool(store, "pan")}>
        Done
      </button>
    </p>
  );
}
