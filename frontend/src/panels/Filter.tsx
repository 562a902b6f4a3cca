/** On the map, while it fades by a class: which class, whether it can, and the way out. */
import { useStore } from "./context";

export function Filter() {
  const store = useStore();
  const { label } = store.view.value;
  const grid = store.grid.value;
  if (label === null || !grid) return null;
  const { data, error } = store.attribution.state.value;
  const text =
    grid.attribution_version === null
      ? `No attribution on this grid: nothing fades for ${label}`
      : error
        ? `Not a class of the network, so nothing fades: ${label}`
        : data && !(data.maximum > 0)
          ? `No cell of this grid points to ${label}: nothing fades`
          : `Fading by what points to ${label}`;
  return (
    <p class="chip map-filter" role="status">
      {text}
      <button type="button" class="button small" aria-label={`Stop fading by ${label}`} onClick={() => store.go({ label: null })}>
        ×
      </button>
    </p>
  );
}
