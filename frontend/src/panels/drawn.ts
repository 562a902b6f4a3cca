/** What is drawn over the map beside cells: samples, the lasso, and where the image of a path lies. */
import { datasetColor } from "../lib/color";
import type { Frame } from "../lib/geometry";
import type { Dots, Drawn } from "../map/PointsLayer";
import type { Store } from "../state/store";

/** `of`: the dataset that the map is of; null for all. */
export function drawnOn(store: Store, of: string | null): Drawn {
  const style = (void store.theme.value, getComputedStyle(document.documentElement));
  const layer = store.layer.value?.name ?? "";
  const { lasso, trace } = store.view.value;
  const stops = trace ? (store.path.state.value.data?.stops ?? []) : [];
  return {
    dots: dotsOn(store, layer, of),
    lasso: lasso?.layer === layer ? lasso.points : null,
    rings: stops.filter((stop) => stop.layer === layer && !stop.outside),
    ink: style.getPropertyValue("--ink").trim(),
    plate: style.getPropertyValue("--plate").trim(),
  };
}

/** The traced samples, else all samples of the layer where they are wished for. */
function dotsOn(store: Store, layer: string, of: string | null): Dots | null {
  const { trace, points } = store.view.value;
  const datasets = store.atlas.value?.datasets ?? [];
  const colors = datasets.map((_, i) => datasetColor(i, store.theme.value));
  const traced = trace && store.tracedOf.value ? store.traced.state.value.data?.places[layer] : undefined;
  const all = points ? store.points.state.value.data : null;
  const found = traced ? { x: traced.x, y: traced.y, kind: traced.dataset } : all && { x: all.x, y: all.y, kind: all.dataset };
  if (!found) return null;
  const only = of === null ? -1 : datasets.findIndex((d) => d.name === of);
  if (only < 0) return { ...found, colors };
  const kept = Array.from(found.kind as ArrayLike<number>, (_, i) => i).filter((i) => found.kind[i] === only);
  const pick = (values: ArrayLike<number>): number[] => kept.map((i) => values[i] as number);
  return { x: pick(found.x), y: pick(found.y), kind: pick(found.kind), colors };
}

const NEAR_PX = 7;

/** The sample nearest to a place of the map, within a finger's tip of it; −1 for none. */
export function pointNear(store: Store, x: number, y: number, side: Frame["side"]): number {
  const all = store.view.value.points ? store.points.state.value.data : null;
  if (!all) return -1;
  let best = -1;
  let least = (NEAR_PX / side) ** 2;
  for (let i = 0; i < all.x.length; i++) {
    const d = ((all.x[i] as number) - x) ** 2 + ((all.y[i] as number) - y) ** 2;
    if (d < least) [least, best] = [d, i];
  }
  return best < 0 ? -1 : (all.point[best] as number);
}
