/** What is drawn over the map beside cells: traced samples, the lasso, and where the image of a path lies. */
import { datasetColor } from "../lib/color";
import type { Drawn } from "../map/PointsLayer";
import type { Store } from "../state/store";

export function drawnOn(store: Store): Drawn {
  const style = (void store.theme.value, getComputedStyle(document.documentElement));
  const layer = store.layer.value?.name ?? "";
  const { lasso, trace } = store.view.value;
  const places = trace && store.tracedOf.value ? store.traced.state.value.data?.places[layer] : undefined;
  const stops = trace ? (store.path.state.value.data?.stops ?? []) : [];
  const colors = (store.atlas.value?.datasets ?? []).map((_, i) => datasetColor(i, store.theme.value));
  return {
    dots: places ? { x: places.x, y: places.y, kind: places.dataset, colors } : null,
    lasso: lasso?.layer === layer ? lasso.points : null,
    rings: stops.filter((stop) => stop.layer === layer && !stop.outside),
    ink: style.getPropertyValue("--ink").trim(),
    plate: style.getPropertyValue("--plate").trim(),
  };
}
