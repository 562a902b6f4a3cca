/** Quiet lines at the foot of the map: a build in progress, a server that does not answer, cells that could not be loaded. */
import { useComputed } from "@preact/signals";
import type { AtlasView } from "../api/types";
import { placeOf, type CellTable, type PairTable } from "../lib/cells";
import { formatCount, plural, verdict } from "../lib/format";
import { OUTSIDE, type CellAt } from "../lib/geometry";
import { titleOf } from "../lib/names";
import { choosingOf, isChosen } from "../state/choosing";
import { missingIn } from "../state/missing";
import { useStore } from "./context";
import { isGone } from "./NoCell";
import "./Status.css";

export function Status() {
  const store = useStore();
  const atlas = store.atlas.value;
  const cells = store.cells.state.value;
  const layer = store.layer.value;
  const missing = atlas && layer ? missingIn(store.view.value, atlas, { layer, size: store.size.value, pair: store.pair.value, density: store.densityOf.value }) : [];
  return (
    <div class="status" aria-live="polite">
      {store.offline.value && <p class="chip warn">The server does not answer. Trying again …</p>}
      {!store.offline.value && cells.error && (
        <p class="chip warn">
          {cells.error.message}{" "}
          {!isGone(cells.error) && (
            <button type="button" class="button small" onClick={() => store.cells.reload()}>
              Try again
            </button>
          )}
        </p>
      )}
      {missing.length > 0 && (
        <ul class="missing" aria-label="Not in this atlas">
          {missing.map(({ what, words, ways }) => (
            <li key={what}>
              <p>{words}</p>
              <p class="ways">
                {ways.map(({ name, go }) => (
                  <button key={name} type="button" class="button small" onClick={() => store.go(go)}>
                    {name}
                  </button>
                ))}
              </p>
            </li>
          ))}
        </ul>
      )}
      {store.gone.value && <p class="chip warn">This atlas is no longer on the server; what was loaded stays.</p>}
      {atlas?.status === "building" && (
        <p class="chip building">
          <span class="building-dot" />
          Still building{atlas.progress ? `: ${atlas.progress.step}` : ""}
          {atlas.progress && atlas.progress.total > 0 && (
            <span class="faint">
              {formatCount(atlas.progress.done)} of {formatCount(atlas.progress.total)}
            </span>
          )}
        </p>
      )}
    </div>
  );
}

/** For screen readers: what was just selected. */
export function Announcer() {
  const store = useStore();
  const text = useComputed(() => {
    const choosing = choosingOf(store);
    const [cell, table, pair, atlas] = [choosing ?? (store.selectedGrid.value && store.view.value.cell), store.table.value, store.pairTable.value, store.atlas.value];
    if (!cell || !table || !atlas || cell.size !== table.size) return "";
    const place = store.view.value.lasso?.place;
    const taken = choosing ? `${isChosen(store, cell) ? "Taken" : "Not taken"}, ${plural(place && "cells" in place ? place.cells.length : 0, "cell")} in all. ` : "";
    return taken + summary(cell, table, pair, atlas);
  });
  return (
    <p class="hidden" role="status" aria-live="polite" id="announcer">
      {text}
    </p>
  );
}

/** A cell in a sentence: where it is, its label and counts, and what it says of the pair. */
function summary(cell: CellAt, table: CellTable, pair: PairTable | null, atlas: AtlasView): string {
  const place = placeOf(table, cell);
  if (place < 0) return "Empty cell";
  const name = cell.column === OUTSIDE ? "Outside the map" : `Cell column ${cell.column}, row ${cell.row}`;
  const label = atlas.classes[table.label[place] ?? -1];
  const counts = atlas.datasets.map((d) => `${formatCount(table.count.get(d.name)?.[place] ?? 0)} of ${d.title}`).join(", ");
  if (!pair) return `${name}${label ? `, ${label}` : ""}: ${counts}`;
  const q = pair.q[place] ?? Number.NaN;
  const count = (dataset: string): number => table.count.get(dataset)?.[place] ?? 0;
  const words = verdict(
    { effect: pair.effect[place] ?? 0, q: Number.isNaN(q) ? null : q, countFirst: count(pair.first), countSecond: count(pair.second) },
    titleOf(atlas, pair.first),
    titleOf(atlas, pair.second),
    atlas.fdr,
  );
  return `${name}${label ? `, ${label}` : ""}: ${counts}; ${words.words}, ${words.certainty}`;
}
