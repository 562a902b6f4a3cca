/** Where a class is: the cells of the grid by its share among the members of a dataset. */
import { formatCount, formatRatio, formatShare } from "../lib/format";
import { marked } from "../lib/hits";
import { nearestNames } from "../lib/nearest";
import { useStore } from "./context";
import { Hint } from "./Hint";
import { Icon } from "./Icon";
import { IconCrop } from "./IconCrop";
import { isGone, knownNames } from "./NoCell";
import "./RankingPanel.css";

export function ClassPanel() {
  const store = useStore();
  const { label } = store.view.value;
  const [atlas, address, icons, table] = [store.atlas.value, store.address.value, store.icons.value, store.table.value];
  const { data, error } = store.found.state.value;
  if (label === null || !atlas) return null;
  const places = marked(data?.hits ?? []);
  return (
    <>
      <header class="drawer-head">
        <div>
          <h2>{label}</h2>
          <p class="faint">
            {store.layer.value?.name} · {store.size.value} grid · cells by its share
            {data && ` among ${data.source === "given" ? "given labels" : "predicted classes"}`}
          </p>
        </div>
        <button type="button" class="button icon" aria-label="Close" title="Close (Esc)" onClick={() => store.go({ label: null })}>
          <Icon name="close" />
        </button>
      </header>
      <div class="ranking-controls">
        <div class="segments" role="group" aria-label="Dataset">
          {atlas.datasets.map((d) => (
            <button key={d.name} type="button" aria-pressed={store.searchOf.value === d.name} onClick={() => store.go({ density: d.name })}>
              {d.title}
            </button>
          ))}
        </div>
      </div>
      <div class="drawer-body scrolls" tabIndex={0} role="region" aria-label="Cells with the class">
        {error && isGone(error) && (
          <div class="empty">
            <p>No label of this atlas is {label}.</p>
            <p class="ways" role="group" aria-label="Labels">
              {nearestNames(label, knownNames(error), 6).map((name) => (
                <button key={name} type="button" class="button small" onClick={() => store.go({ label: name })}>
                  {name}
                </button>
              ))}
            </p>
          </div>
        )}
        {error && !isGone(error) && <p class="empty">{error.message}</p>}
        {data && data.hits.length === 0 && <p class="empty">No cell of this grid with five samples or more has it.</p>}
        {!error && (
          <p class="note">
            {store.grid.value?.attribution_version ? `The map fades where nothing points to ${label}` : "This atlas has no attribution on this grid: the map does not fade"}
            <Hint of="attribution" />. {places.length > 0 ? `Numbered, here and on it: ${places.length === 1 ? "the cell" : "the cells"} where it really gathers` : "Nowhere on this grid does it surely gather, so that none is marked"}
            <Hint of="concentration" />. Grey: times its share in the whole dataset
            <Hint of="lift" />
          </p>
        )}
        <ol class="ranking">
          {data?.hits.map((hit, i) => {
            const number = places.indexOf(i) + 1;
            const place = table?.index[hit.row * (table?.size ?? 0) + hit.column] ?? -1;
            const iconed = icons && address && hit.column >= 0 && (table?.total[place] ?? 0) >= atlas.min_count;
            return (
              <li key={`${hit.column},${hit.row}`}>
                <button
                  type="button"
                  onPointerEnter={() => (store.pointed.value = hit)}
                  onPointerLeave={() => (store.pointed.value = null)}
                  onClick={() => store.size.value !== null && store.go({ cell: { size: store.size.value, column: hit.column, row: hit.row } })}>
                  {iconed ? <IconCrop address={address} pyramid={icons.pyramid} cell={hit} name="" /> : <span class="icon-crop missing" />}
                  <span class="ranking-words">
                    <div>
                      {number > 0 && <b class="ranking-mark">{number}</b>}
                      <strong>{formatShare(hit.share)}</strong>
                    </div>
                    <span class="faint">{hit.column < 0 ? "outside the map" : `column ${hit.column}, row ${hit.row}`}</span>
                  </span>
                  <span class="ranking-numbers">
                    <span>
                      {formatCount(hit.count)} of {formatCount(hit.members)}
                    </span>
                    <span class="faint">{formatRatio(hit.lift)}</span>
                  </span>
                </button>
              </li>
            );
          })}
        </ol>
      </div>
    </>
  );
}
