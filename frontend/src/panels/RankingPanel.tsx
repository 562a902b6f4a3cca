/** The cells that differ most between the two datasets, significant ones only, to be stepped through. */
import { useState } from "preact/hooks";
import { formatCount, formatNumber, plural, verdict } from "../lib/format";
import { OUTSIDE } from "../lib/geometry";
import { rankCells, type RankBy, type Side } from "../lib/cells";
import { titleOf } from "../lib/names";
import { useStore } from "./context";
import { Hint } from "./Hint";
import { Icon } from "./Icon";
import { IconCrop } from "./IconCrop";
import "./RankingPanel.css";

const PAGE = 60;
/** Grids, at most, that are offered where the one on screen has no cell to list. */
const ELSEWHERE = 6;

export function RankingPanel() {
  const store = useStore();
  const [shown, setShown] = useState(PAGE);
  const [table, pair, atlas, address, icons] = [store.table.value, store.pairTable.value, store.atlas.value, store.address.value, store.icons.value];
  const ranked = store.ranked.value;
  const { side, rankBy } = store.view.value;
  const { only } = store.view.value;
  const [first, second] = [titleOf(atlas, pair?.first ?? ""), titleOf(atlas, pair?.second ?? "")];
  const found = (which: Side): string => (table && pair && atlas ? formatCount(rankCells(table, pair, atlas.fdr, which, rankBy, only).length) : "");
  const sides: readonly (readonly [Side, string, string])[] = [
    ["both", "Both", "Cells with more of either"],
    ["first", `Missing from ${second}`, `Cells with more of ${first} than of ${second}`],
    ["second", `Too much in ${second}`, `Cells with more of ${second} than of ${first}`],
  ];
  return (
    <>
      <header class="drawer-head">
        <div>
          <h2>Most different cells</h2>
          <p class="faint">
            {store.layer.value?.name} · {store.size.value} grid · {plural(ranked.length, "significant cell")}
            <Hint of="q" />
          </p>
        </div>
        <button type="button" class="button icon" aria-label="Close" title="Close (Esc)" onClick={() => store.go({ ranking: false })}>
          <Icon name="close" />
        </button>
      </header>
      <div class="ranking-controls">
        <div class="segments" role="group" aria-label="Which differences">
          {sides.map(([value, name, title]) => (
            <button key={value} type="button" aria-pressed={side === value} title={title} onClick={() => store.go({ side: value })}>
              {name} <span class="faint">{found(value)}</span>
            </button>
          ))}
        </div>
        <label class="check">
          <input type="checkbox" checked={only} onChange={(event) => store.go({ only: event.currentTarget.checked })} />
          <span>Only where the other has none</span>
        </label>
        <label class="inline">
          <span>by</span>
          <select value={rankBy} onChange={(event) => store.go({ rankBy: event.currentTarget.value as RankBy })}>
            <option value="effect">effect</option>
            <option value="contribution">contribution</option>
          </select>
          <Hint of={rankBy} />
        </label>
      </div>
      <div class="drawer-body scrolls" tabIndex={0} role="region" aria-label="List of cells">
        {!table && store.cells.state.value.error && <p class="note">{store.cells.state.value.error.message}</p>}
        {only && ranked.length > 0 && (
          <p class="note">
            Where one of the two has none, the ratio has a lower end alone
            <Hint of="bound" />
          </p>
        )}
        {table && ranked.length === 0 && (
          <p class="empty">
            No {only ? "such cell" : "cell"} of this grid differs significantly (q &lt; {atlas?.fdr}).
          </p>
        )}
        {table && ranked.length === 0 && <Elsewhere />}
        <ol class="ranking">
          {table &&
            pair &&
            atlas &&
            ranked.slice(0, shown).map((place) => {
              const cell = { column: table.column[place] ?? 0, row: table.row[place] ?? 0 };
              const [a, b] = [table.count.get(pair.first)?.[place] ?? 0, table.count.get(pair.second)?.[place] ?? 0];
              const effect = pair.effect[place] ?? 0;
              const sums = [table.sums.get(pair.first) ?? 0, table.sums.get(pair.second) ?? 0] as const;
              const words = verdict({ effect, q: pair.q[place] ?? null, countFirst: a, countSecond: b, sums }, titleOf(atlas, pair.first), titleOf(atlas, pair.second), atlas.fdr);
              const iconed = icons && (table.total[place] ?? 0) >= atlas.min_count && cell.column !== OUTSIDE;
              return (
                <li key={`${cell.column},${cell.row}`}>
                  <button
                    type="button"
                    onPointerEnter={() => (store.pointed.value = cell)}
                    onPointerLeave={() => (store.pointed.value = null)}
                    onClick={() => {
                      store.pointed.value = null;
                      store.go({ cell: { size: table.size, ...cell } });
                    }}
                  >
                    {iconed && address ? <IconCrop address={address} pyramid={icons.pyramid} cell={cell} name="" /> : <span class="icon-crop missing" />}
                    <span class="ranking-words">
                      <strong>{cell.column === OUTSIDE ? "outside the map" : (atlas.classes[table.label[place] ?? -1] ?? `cell ${cell.column}, ${cell.row}`)}</strong>
                      <span class={`more-${words.more}`}>{words.words}</span>
                      {words.size && <span class="faint">{words.size}</span>}
                    </span>
                    <span class="ranking-numbers">
                      <span>
                        <i class="swatch" style={{ background: store.colorOf(store.compared.value[0]) }} />
                        {formatCount(a)}
                      </span>
                      <span>
                        <i class="swatch" style={{ background: store.colorOf(store.compared.value[1]) }} />
                        {formatCount(b)}
                      </span>
                      {rankBy === "contribution" && <span class="faint">{formatNumber(Math.abs(pair.contribution[place] ?? 0) * 1000, 2)} mbit</span>}
                    </span>
                  </button>
                </li>
              );
            })}
        </ol>
        {ranked.length > shown && (
          <button type="button" class="button wide" onClick={() => setShown(shown + PAGE)}>
            More ({formatCount(ranked.length - shown)} left)
          </button>
        )}
      </div>
    </>
  );
}

/** Where the pair does have cells that differ: on this layer first, then where there are most. */
function Elsewhere() {
  const store = useStore();
  const [divergence, pair, layer, size] = [store.divergence.state.value.data, store.pair.value, store.layer.value?.name, store.size.value];
  const found = (divergence?.entries ?? [])
    .filter((e) => !e.is_self && e.valid && e.significant > 0 && e.first === pair?.[0] && e.second === pair[1] && (e.layer !== layer || e.size !== size))
    .sort((a, b) => Number(b.layer === layer) - Number(a.layer === layer) || b.significant - a.significant)
    .slice(0, ELSEWHERE);
  if (found.length === 0) return <p class="note">Nor does any of another grid that has enough samples; the heat map shows where the pair differs at all.</p>;
  return (
    <div class="elsewhere" role="group" aria-label="Where cells differ">
      {found.map((entry) => (
        <button key={`${entry.layer}/${entry.size}`} type="button" class="button small" onClick={() => store.go({ layer: entry.layer, grid: entry.size, side: "both", only: false })}>
          {entry.layer}, {entry.size} grid <span class="faint">{plural(entry.significant, "cell")}</span>
        </button>
      ))}
    </div>
  );
}
