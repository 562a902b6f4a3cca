/** What is drawn over the map beside cells: samples, the lasso, and where the image of a path lies. */
import { countIn, nearestTo } from "../lib/buckets";
import { borderOf } from "../lib/lasso";
import type { Frame } from "../lib/geometry";
import { EACH_BELOW, type Dots, type Drawn } from "../map/PointsLayer";
import type { Store } from "../state/store";

/** `of`: the dataset that the map is of; null for all. */
export function drawnOn(store: Store, of: string | null): Drawn {
  const style = (void store.theme.value, getComputedStyle(document.documentElement));
  const layer = store.layer.value?.name ?? "";
  const { lasso, trace } = store.view.value;
  const wish = store.lassoWish.value;
  const stops = trace ? (store.path.state.value.data?.stops ?? []) : [];
  return {
    dots: dotsOn(store, layer, of),
    lasso: lasso?.layer === layer ? lasso.points : null,
    borders: lasso?.layer === layer && wish?.cells && wish.size ? borderOf(wish.cells, wish.size) : [],
    rings: stops.filter((stop) => stop.layer === layer && !stop.outside),
    ink: style.getPropertyValue("--ink").trim(),
    plate: style.getPropertyValue("--plate").trim(),
  };
}

/** The traced samples, else all samples of the layer where they are wished for. */
function dotsOn(store: Store, layer: string, of: string | null): Dots | null {
  const { trace } = store.view.value;
  const datasets = store.atlas.value?.datasets ?? [];
  const traced = trace && store.tracedOf.value ? store.traced.state.value.data?.places[layer] : undefined;
  const all = store.points.state.value.data;
  const kinds = store.dotKinds.value;
  const own = traced && { ...traced, kind: traced.dataset, colors: datasets.map((_, i) => store.colorOf(i)) };
  const found = own ?? (all && kinds && { ...kinds, x: all.x, y: all.y, dataset: all.dataset });
  if (!found) return null;
  const only = of === null ? -1 : datasets.findIndex((d) => d.name === of);
  if (only < 0) return found;
  const kept = Array.from(found.x as ArrayLike<number>, (_, i) => i).filter((i) => found.dataset[i] === only);
  const pick = (values: ArrayLike<number>): number[] => kept.map((i) => values[i] as number);
  return { x: pick(found.x), y: pick(found.y), kind: pick(found.kind), colors: found.colors };
}

/** So few samples are in the window that a click means one of them and not its cell. */
export function isDeep(store: Store): boolean {
  const all = store.dotsShown.peek() ? store.points.state.peek().data : null;
  return all !== null && countIn(all, store.bounds.peek(), EACH_BELOW) <= EACH_BELOW;
}

const NEAR_PX = 7;

/** The sample nearest to a place of the map, within a finger's tip of it; −1 for none. */
export function pointNear(store: Store, x: number, y: number, side: Frame["side"]): number {
  const all = store.points.state.value.data;
  const best = all ? nearestTo(all, x, y, NEAR_PX / side) : -1;
  return best < 0 ? -1 : (all?.point[best] as number);
}
