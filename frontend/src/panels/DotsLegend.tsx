/** What the colours of the dots stand for: datasets, or the classes in view. */
import { formatCount } from "../lib/format";
import { useStore } from "./context";

export function DotsLegend() {
  const store = useStore();
  const { dots, trace } = store.view.value;
  const [points, layer] = [store.points.state.value.data, store.layer.value];
  const traced = trace && store.tracedOf.value !== null;
  const ways = [
    ["dataset", "dataset"],
    ["class", "class"],
  ] as const;
  return (
    <section class="dots-legend">
      <figcaption>
        <strong>Dots</strong>
        {traced ? (
          <span class="faint">the traced members</span>
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
      {!traced && (
        <ul aria-label={dots === "class" ? "Classes in view" : "Datasets in view"}>
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
      )}
      {points && layer && points.x.length < layer.point_count && (
        <p class="note">
          {formatCount(points.x.length)} of {formatCount(layer.point_count)} samples are drawn.
        </p>
      )}
    </section>
  );
}
