/** What is taken on the map, inside a lasso or cell by cell: how many samples of each dataset, and examples side by side. */
import { formatCount, formatShare, plural, verdict } from "../lib/format";
import { titleOf } from "../lib/names";
import { wishOf, writePlace } from "../lib/places";
import { choosingOf, toggleChoosing } from "../state/choosing";
import { whyNot } from "../state/missing";
import { isTraced, traceSelected } from "../state/tracing";
import { useStore } from "./context";
import { ExampleColumns, PAGE } from "./Examples";
import { Icon } from "./Icon";
import { Hint } from "./Hint";
import { PlaceNotes } from "./PlaceNotes";

export function SelectionPanel() {
  const store = useStore();
  const { lasso, order } = store.view.value;
  const taken = store.taken.value;
  const atlas = store.atlas.value;
  const { data, error } = store.selection.state.value;
  if (!lasso || !taken || !atlas) return null;
  const chosen = "cells" in lasso.place ? lasso.place : null;
  const why = whyNot({ layer: lasso.layer, size: chosen?.size ?? null }, atlas);
  const inside = chosen ? `in ${plural(chosen.cells.length, "cell")}` : "in the lasso";
  const count = (name: string): number => data?.counts[name] ?? 0;
  const sums = store.table.value?.layer === lasso.layer ? store.table.value.sums : null;
  const total = (name: string): number => sums?.get(name) ?? (atlas.datasets.find((d) => d.name === name)?.count ?? 0) * atlas.positions_per_image;
  const share = (name: string): number => count(name) / Math.max(1, total(name));
  const most = Math.max(1e-9, ...atlas.datasets.map((d) => share(d.name)));
  const pair = store.pair.value;
  const effect = pair ? Math.log2((count(pair[0]) + 0.5) / (total(pair[0]) + 1) / ((count(pair[1]) + 0.5) / (total(pair[1]) + 1))) : 0;
  const words = pair && verdict({ effect, q: null, countFirst: count(pair[0]), countSecond: count(pair[1]), sums: [total(pair[0]), total(pair[1])] }, titleOf(atlas, pair[0]), titleOf(atlas, pair[1]), atlas.fdr);
  return (
    <>
      <header class="drawer-head">
        <div>
          <h2>{data ? `${plural(data.total, "sample")} ${inside}` : chosen ? "Chosen cells" : "Lasso"}</h2>
          <p class="faint">
            {lasso.layer}
            {chosen && ` · ${chosen.size} grid`}
          </p>
        </div>
        <button type="button" class="button small" aria-pressed={isTraced(store)} disabled={!store.selected.value} title="These samples in every layer (r)" onClick={() => traceSelected(store)}>
          Trace
        </button>
        <button type="button" class="button icon" aria-label="Close" title={`Let go of ${chosen ? "the cells" : "the lasso"} (Esc)`} onClick={() => store.go({ lasso: null })}>
          <Icon name="close" />
        </button>
      </header>
      <div class="drawer-body scrolls" tabIndex={0} role="region" aria-label={chosen ? "About the chosen cells" : "About the lasso"}>
        {error && <p class="empty">{error.message}</p>}
        <PlaceNotes />
        <Takes />
        {why !== null && <p class="empty">It is not there: {why}.</p>}
        {data && (
          <>
            <section class="cell-figures">
              {words && data.total > 0 && (
                <p class="verdict">
                  <span class={`verdict-words more-${words.more}`}>
                    {words.words}
                    <Hint of={words.size ? "bound" : "effect"} />
                  </span>
                  {words.size && <span>{words.size}</span>}
                  <span class="faint">not tested: {chosen ? "these cells were chosen" : "a lasso is drawn"} after looking</span>
                </p>
              )}
              <table class="shares">
                <caption class="hidden">Samples of each dataset {inside}</caption>
                <tbody>
                  {atlas.datasets.map((d, i) => (
                    <tr key={d.name}>
                      <th scope="row">{d.title}</th>
                      <td class="share-cell">
                        <div class="share-bar">
                          <span class="bar" style={{ width: `${(share(d.name) / most) * 100}%`, background: store.colorOf(i) }} />
                        </div>
                      </td>
                      <td class="number">{formatCount(count(d.name))}</td>
                      <td class="number faint">{formatShare(share(d.name))}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
              <p class="note">
                Share of each dataset's samples on this layer
                <Hint of="inside" />
              </p>
            </section>
            <ExampleColumns
              layer={lasso.layer}
              name={`${lasso.layer}/${writePlace(taken.place)}`}
              columns={atlas.datasets.map((d) => ({ dataset: d.name, total: count(d.name) }))}
              page={(dataset, cursor, signal) => store.source.selection(atlas.name, lasso.layer, { ...wishOf(taken.place), dataset, order, cursor, limit: PAGE }, signal)}
            />
          </>
        )}
      </div>
    </>
  );
}

/** What the lasso takes, samples or whole cells; for cells that were chosen, the way to choose on. */
function Takes() {
  const store = useStore();
  const { lasso, whole } = store.view.value;
  const taken = store.taken.value;
  if (!lasso || !taken) return null;
  const here = lasso.layer === store.layer.value?.name;
  if ("cells" in lasso.place) {
    if (!here || store.size.value !== lasso.place.size) return null;
    return (
      <p class="lasso-takes">
        <button type="button" class="button small" aria-pressed={choosingOf(store) !== null} title="Take more cells, or leave some (e)" onClick={() => toggleChoosing(store, { x: 0.5, y: 0.5 })}>
          {choosingOf(store) ? "Done" : "Change the cells"}
        </button>
      </p>
    );
  }
  const cells = "cells" in taken.place ? taken.place.cells.length : null;
  return (
    <div class="segments lasso-takes" role="group" aria-label="What the lasso takes">
      <button type="button" aria-pressed={whole === null} onClick={() => store.go({ whole: null })}>
        Samples inside
      </button>
      <button type="button" aria-pressed={whole !== null} title="Cells of the grid on screen whose middle is inside" onClick={() => store.go({ whole: store.size.value })}>
        Whole cells{cells !== null && <span class="faint"> {`${formatCount(cells)} of the ${whole} grid`}</span>}
      </button>
    </div>
  );
}
