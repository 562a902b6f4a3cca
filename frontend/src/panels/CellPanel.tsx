/** Everything of one cell: icons, how much of each dataset, what the difference is, labels, and examples side by side. */
import { placeOf } from "../lib/cells";
import type { CellView } from "../api/types";
import { formatCount, formatInterval, formatNumber, formatP, formatShare, verdict } from "../lib/format";
import { OUTSIDE } from "../lib/geometry";
import { iconName, KIND_NAMES } from "../lib/icons";
import { titleOf } from "../lib/names";
import { isPinned, stepRanking, toggleCompare, togglePin } from "../state/actions";
import { whyNot } from "../state/missing";
import { isTraced, traceSelected } from "../state/tracing";
import { useStore } from "./context";
import { Examples } from "./Examples";
import { Hint } from "./Hint";
import { Icon } from "./Icon";
import { IconCrop } from "./IconCrop";
import { Labels } from "./Labels";
import { isGone, NoCell } from "./NoCell";
import { PlaceNotes } from "./PlaceNotes";
import { Trust } from "./Trust";
import "./CellPanel.css";

export function CellPanel() {
  const store = useStore();
  const cell = store.view.value.cell;
  if (!cell) return null;
  const { data, error, loading, key } = store.detail.state.value;
  const outside = cell.column === OUTSIDE;
  const layer = store.view.value.layer ?? store.layer.value?.name ?? "";
  const fresh = data && data.column === cell.column && data.row === cell.row && data.size === cell.size ? data : null;
  // The grid's table knows the label before the rest has come.
  const table = store.table.value;
  const place = table?.size === cell.size && store.selectedGrid.value ? placeOf(table, cell) : -1;
  const known = store.atlas.value?.classes[table?.label[place] ?? -1];
  return (
    <>
      <header class="drawer-head">
        <div>
          <h2>{outside ? "Outside the map" : (fresh?.label ?? known ?? "Cell")}</h2>
          <p class="faint">
            {layer} · {outside ? "beyond the edge" : `${cell.size} grid · column ${cell.column}, row ${cell.row}`}
          </p>
        </div>
        <RankSteps />
        <button type="button" class="button small" aria-pressed={isTraced(store)} disabled={!store.selected.value} title="These samples in every layer (r)" onClick={() => traceSelected(store)}>
          Trace
        </button>
        <button type="button" class="button icon" aria-label="Pin this cell" aria-pressed={isPinned(store)} disabled={!fresh && !isPinned(store)} title="Pin, to compare others with (k)" onClick={() => togglePin(store)}>
          <Icon name="pin" />
        </button>
        <button type="button" class="button icon" aria-label="Close" title="Close (Esc)" onClick={() => store.go({ cell: null, ranking: false })}>
          <Icon name="close" />
        </button>
      </header>
      <PinBar />
      <div class={`drawer-body scrolls ${loading ? "loading" : ""}`} tabIndex={0} role="region" aria-label="About the cell" key={key ?? ""}>
        {!fresh && (
          <NoCell
            at={{ ...cell, layer }}
            error={error}
            retry={() => store.detail.reload()}
            go={({ size, column, row }) => store.go({ cell: { size, column, row }, grid: store.view.value.grid === "auto" ? "auto" : size })}
          />
        )}
        {fresh && <Body cell={fresh} />}
      </div>
    </>
  );
}

/** What is pinned, and the way to compare with it. */
function PinBar() {
  const store = useStore();
  const { pin } = store.view.value;
  if (!pin) return null;
  const { data, error } = store.pinned.state.value;
  const gone = (store.atlas.value && whyNot(pin, store.atlas.value) !== null) || (error !== null && isGone(error));
  const name = gone ? "a cell that is not there" : (data?.label ?? "cell");
  const where = pin.column === OUTSIDE ? "outside" : `${pin.column}, ${pin.row}`;
  return (
    <div class="pin-bar">
      <p>
        <span class="faint">Pinned:</span> {name} <span class="faint">{pin.layer} · {pin.size} grid · {where}</span>
      </p>
      {isPinned(store) ? (
        <span class="faint">Select another to compare</span>
      ) : (
        <button type="button" class="button small" title="Side by side (x)" onClick={() => toggleCompare(store)}>
          Compare
        </button>
      )}
      <button type="button" class="button small" onClick={() => store.go({ pin: null, compare: null })}>
        Let go
      </button>
    </div>
  );
}

function RankSteps() {
  const store = useStore();
  const count = store.ranked.value.length;
  const rank = store.rank.value;
  if (count === 0) return null;
  return (
    <div class="steps" role="group" aria-label="Most different cells">
      <button type="button" class="button icon" aria-label="Previous most different cell" title="Previous (p)" onClick={() => stepRanking(store, -1)}>
        <Icon name="left" />
      </button>
      <button type="button" class="button quiet" title="Back to the list (d)" onClick={() => store.go({ ranking: true, cell: null })}>
        {rank >= 0 ? `${rank + 1} of ${formatCount(count)}` : `${formatCount(count)} differ`}
      </button>
      <button type="button" class="button icon" aria-label="Next most different cell" title="Next (n)" onClick={() => stepRanking(store, 1)}>
        <Icon name="right" />
      </button>
    </div>
  );
}

function Body({ cell }: { cell: CellView }) {
  return (
    <>
      <Icons cell={cell} />
      <PlaceNotes />
      <Figures cell={cell} />
      <Labels cell={cell} />
      <Examples cell={cell} />
    </>
  );
}

/** Every icon of the cell, the one on the map first, and the way to the coarser and finer grids. */
function Icons({ cell }: { cell: CellView }) {
  const store = useStore();
  const grid = store.selectedGrid.value;
  const [atlas, layer] = [store.atlas.value, store.layer.value];
  if (!grid || !atlas || !layer || cell.column === OUTSIDE) return null;
  const address = { atlas: atlas.name, layer: layer.name, size: cell.size };
  const shown = store.icons.value?.pyramid;
  const found = cell.icons.flatMap((icon) => {
    const pyramid = grid.icons.find((p) => p.kind === icon.kind && p.of === icon.of);
    return pyramid ? [{ icon, pyramid }] : [];
  });
  const isShown = (icon: { kind: string; of: string }): boolean => icon.kind === shown?.kind && icon.of === shown.of;
  const ordered = [...found.filter((f) => isShown(f.icon)), ...found.filter((f) => !isShown(f.icon))];
  return (
    <section class="cell-icons">
      <div class="cell-icons-list">
        {ordered.map(({ icon, pyramid }, i) => (
          <button
            key={`${icon.kind}:${icon.of}`}
            type="button"
            class={i === 0 ? "large" : ""}
            aria-pressed={isShown(icon)}
            title={`${iconName(icon, atlas)}\nShow these on the map`}
            onClick={() => store.go({ icons: { kind: icon.kind, of: icon.of } })}
          >
            <IconCrop address={address} pyramid={pyramid} cell={cell} name={iconName(icon, atlas)} />
            <span class="caption">
              {KIND_NAMES[icon.kind]}
              <br />
              {icon.of === "joint" ? "all" : titleOf(atlas, icon.of)}
              {icon.faithfulness !== null && <b title="Faithfulness">{icon.faithfulness.toFixed(2)}</b>}
            </span>
          </button>
        ))}
        {ordered.length === 0 && <p class="note">{cell.total < atlas.min_count ? `Fewer than ${atlas.min_count} samples: too few for an icon.` : "No icon of this cell yet."}</p>}
      </div>
      <Family cell={cell} />
    </section>
  );
}

function Family({ cell }: { cell: CellView }) {
  const store = useStore();
  const sizes = store.sizes.value;
  const at = sizes.indexOf(cell.size);
  const [coarser, finer] = [sizes[at - 1], sizes[at + 1]];
  const children = new Set(cell.children.map(([c, r]) => `${c},${r}`));
  const ratio = finer ? finer / cell.size : 0;
  const go = (size: number, column: number, row: number): void => store.go({ cell: { size, column, row }, grid: store.view.value.grid === "auto" ? "auto" : size });
  return (
    <div class="family" role="group" aria-label="Coarser and finer cells">
      {coarser !== undefined && cell.parent && (
        <button type="button" class="button" title={`The cell of the ${coarser} grid around this one`} onClick={() => go(coarser, cell.parent?.[0] ?? 0, cell.parent?.[1] ?? 0)}>
          <Icon name="up" /> {coarser} grid
        </button>
      )}
      {finer !== undefined && ratio <= 4 && (
        <div class="children-frame">
          <div class="children" style={{ gridTemplateColumns: `repeat(${ratio}, 1fr)` }}>
            {Array.from({ length: ratio * ratio }, (_, i) => {
              const [c, r] = [cell.column * ratio + (i % ratio), cell.row * ratio + Math.floor(i / ratio)];
              return (
                <button
                  key={i}
                  type="button"
                  disabled={!children.has(`${c},${r}`)}
                  aria-label={`Cell ${c}, ${r} of the ${finer} grid`}
                  title={`${finer} grid: ${c}, ${r}`}
                  onClick={() => go(finer, c, r)}
                />
              );
            })}
          </div>
          <span class="caption">{finer} grid</span>
        </div>
      )}
    </div>
  );
}

/** Counts, shares with intervals, and what the difference is, in words. */
function Figures({ cell }: { cell: CellView }) {
  const store = useStore();
  const atlas = store.atlas.value;
  if (!atlas) return null;
  const most = Math.max(1e-9, ...cell.datasets.map((d) => d.high));
  const now = store.pair.value;
  const pairs = [...cell.pairs].sort((a, b) => Number(b.first === now?.[0] && b.second === now[1]) - Number(a.first === now?.[0] && a.second === now[1]));
  const count = (name: string): number => cell.datasets.find((d) => d.dataset === name)?.count ?? 0;
  const table = store.table.value;
  const size = (name: string): number => {
    const here = cell.datasets.find((d) => d.dataset === name);
    return here && here.share > 0 ? here.count / here.share : (table?.sums.get(name) ?? 0);
  };
  const tested = table && table.size === cell.size && placeOf(table, cell) >= 0;
  const verdictOf = (pair: CellView["pairs"][number], first: boolean) => {
    const sums = [size(pair.first), size(pair.second)] as const;
    const words = verdict({ ...pair, countFirst: count(pair.first), countSecond: count(pair.second), sums }, titleOf(atlas, pair.first), titleOf(atlas, pair.second), atlas.fdr);
    return (
      <p key={`${pair.first}~${pair.second}`} class={first ? "verdict" : "verdict minor"}>
        <span class={`verdict-words more-${words.more}`}>
          {words.words}
          {first && <Hint of="effect" />}
        </span>
        {words.size && (
          <span>
            {words.size}
            {first && <Hint of="bound" />}
          </span>
        )}
        <span class="faint">
          {!first && `${words.certainty}${pair.q === null ? "" : ` (q ${pair.q < 0.001 ? "" : "= "}${formatP(pair.q)})`} · `}
          contributes {formatNumber(Math.abs(pair.contribution) * 1000, 2)} millibits to JS
          {first && <Hint of="contribution" />}
        </span>
      </p>
    );
  };
  return (
    <section class="cell-figures">
      {pairs.slice(0, 1).map((pair) => verdictOf(pair, true))}
      <Trust cell={cell} />
      <table class="shares">
        <caption class="hidden">Samples of each dataset in this cell</caption>
        <tbody>
          {cell.datasets.map((d) => {
            const index = atlas.datasets.findIndex((x) => x.name === d.dataset);
            return (
              <tr key={d.dataset}>
                <th scope="row">{atlas.datasets[index]?.title ?? d.dataset}</th>
                <td class="share-cell">
                  <div class="share-bar">
                  <span class="bar" style={{ width: `${(d.share / most) * 100}%`, background: store.colorOf(index) }} />
                  <span class="whisker" style={{ left: `${(d.low / most) * 100}%`, width: `${((d.high - d.low) / most) * 100}%` }} />
                  </div>
                </td>
                <td class="number">{formatCount(d.count)}</td>
                <td class="number">
                  {formatShare(d.share)}
                  <small>{formatInterval(d.low, d.high)}</small>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <p class="note">
        Share of each dataset's samples on this layer, 95 % interval
        <Hint of="share" />
        {tested ? "" : " · on another grid than the map's"}
      </p>
      {pairs.slice(1).map((pair) => verdictOf(pair, false))}
    </section>
  );
}
