/** The samples inside a lasso: how many of each dataset, and examples side by side. */
import { formatCount, formatShare, verdict } from "../lib/format";
import { titleOf } from "../lib/names";
import { useStore } from "./context";
import { ExampleColumns, PAGE } from "./Examples";
import { Icon } from "./Icon";
import { PlaceNotes } from "./PlaceNotes";

export function SelectionPanel() {
  const store = useStore();
  const { lasso, order, whole } = store.view.value;
  const cells = store.lassoWish.value?.cells?.length;
  const atlas = store.atlas.value;
  const { data, error } = store.selection.state.value;
  if (!lasso || !atlas) return null;
  const layer = atlas.layers.find((l) => l.name === lasso.layer);
  const count = (name: string): number => data?.counts[name] ?? 0;
  const sums = store.table.value?.layer === lasso.layer ? store.table.value.sums : null;
  const total = (name: string): number => sums?.get(name) ?? (atlas.datasets.find((d) => d.name === name)?.count ?? 0) * atlas.positions_per_image;
  const share = (name: string): number => count(name) / Math.max(1, total(name));
  const most = Math.max(1e-9, ...atlas.datasets.map((d) => share(d.name)));
  const pair = store.pair.value;
  const effect = pair ? Math.log2((count(pair[0]) + 0.5) / (total(pair[0]) + 1) / ((count(pair[1]) + 0.5) / (total(pair[1]) + 1))) : 0;
  const words = pair && verdict({ effect, q: null, countFirst: count(pair[0]), countSecond: count(pair[1]) }, titleOf(atlas, pair[0]), titleOf(atlas, pair[1]), atlas.fdr);
  return (
    <>
      <header class="drawer-head">
        <div>
          <h2>{data ? `${formatCount(data.total)} samples in the lasso` : "Lasso"}</h2>
          <p class="faint">{lasso.layer}</p>
        </div>
        <button type="button" class="button small" aria-pressed={store.view.value.trace} title="These samples in every layer (r)" onClick={() => store.go({ trace: !store.view.value.trace })}>
          Trace
        </button>
        <button type="button" class="button icon" aria-label="Close" title="Let go of the lasso (Esc)" onClick={() => store.go({ lasso: null })}>
          <Icon name="close" />
        </button>
      </header>
      <div class="drawer-body scrolls" tabIndex={0} role="region" aria-label="About the lasso">
        {error && <p class="empty">{error.message}</p>}
        <PlaceNotes />
        <div class="segments lasso-takes" role="group" aria-label="What the lasso takes">
          <button type="button" aria-pressed={whole === null} onClick={() => store.go({ whole: null })}>
            Samples inside
          </button>
          <button type="button" aria-pressed={whole !== null} title="Cells of the grid on screen whose middle is inside" onClick={() => store.go({ whole: store.size.value })}>
            Whole cells{whole !== null && cells !== undefined && <span class="faint"> {`${formatCount(cells)} of the ${whole} grid`}</span>}
          </button>
        </div>
        {!layer && <p class="empty">This atlas has no layer {lasso.layer}.</p>}
        {data && (
          <>
            <section class="cell-figures">
              {words && data.total > 0 && (
                <p class="verdict">
                  <span class={`verdict-words more-${words.more}`}>{words.words}</span>
                  <span class="faint">not tested: a lasso is drawn after looking</span>
                </p>
              )}
              <table class="shares">
                <caption class="hidden">Samples of each dataset in the lasso</caption>
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
            </section>
            <ExampleColumns
              layer={lasso.layer}
              name={`${lasso.layer}/${JSON.stringify(store.lassoWish.value)}`}
              columns={atlas.datasets.map((d) => ({ dataset: d.name, total: count(d.name) }))}
              page={(dataset, cursor, signal) =>
                store.source.selection(
                  atlas.name,
                  lasso.layer,
                  { ...store.lassoWish.value, dataset, order, cursor, limit: PAGE },
                  signal,
                )
              }
            />
          </>
        )}
      </div>
    </>
  );
}
