/** What the colours of the dots stand for: datasets, or the classes in view; how many there are of each, and of all. */
import { formatCount } from "../lib/format";
import { useStore } from "./context";

export function DotsLegend() {
  const store = useStore();
  const { dots } = store.view.value;
  const traced = store.dotsAreTraced.value;
  const ways = [
    ["dataset", "dataset"],
    ["class", "class"],
  ] as const;
  return (
    <section class="dots-legend">
      <figcaption>
        <strong>Dots</strong>
        {traced ? (
          <span class="faint">the traced samples</span>
        ) : (
          <div class="segments small" role="group" aria-label="Colour of the dots">
            {ways.map(([value, name]) => (
              <button key={value} type="button" aria-pressed={dots === value} disabled={value === "class" && store.atlas.value?.classes.length === 0} onClick={() => store.go({ dots: value })}>
                {name}
              </button>
            ))}
          </div>
        )}
      </figcaption>
      <ul aria-label={dots === "class" && !traced ? "Classes in view" : "Datasets in view"}>
        {store.dotLegend.value.map(({ name, color, count, isClass }) => (
          <li key={name}>
            <i class="swatch" style={{ background: color }} />
            {isClass ? (
              <button type="button" title="Find this class" onClick={() => store.go({ label: store.view.value.label === name ? null : name })}>
                {name}
              </button>
            ) : (
              <span>{name}</span>
            )}
            <span class="faint number">{formatCount(count)}</span>
          </li>
        ))}
      </ul>
      <Totals />
    </section>
  );
}

/** What is not to be seen: samples beyond the edge of the map, and those that were left out. */
function Totals() {
  const store = useStore();
  const [totals, atlas, layer] = [store.dotTotals.value, store.atlas.value, store.layer.value];
  if (!totals || !atlas || !layer) return null;
  const { split } = store.view.value;
  const sums = store.table.value?.layer === layer.name ? store.table.value.sums : null;
  const shown = split === "one" || !store.pair.value ? null : store.pair.value;
  const there = store.dotsAreTraced.value ? totals.drawn : shown && sums ? shown.reduce((sum, name) => sum + (sums.get(name) ?? 0), 0) : shown ? totals.drawn : layer.point_count;
  return (
    <>
      {totals.outside > 0 && <p class="note">{formatCount(totals.outside)} lie outside the map.</p>}
      {totals.drawn < there && (
        <p class="note">
          {formatCount(totals.drawn)} of {formatCount(there)} samples are drawn.
        </p>
      )}
    </>
  );
}
