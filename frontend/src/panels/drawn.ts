/** What is drawn over the map beside cells: samples, the lasso, and where the image of a path lies. */
import { countIn, nearestTo } from "../lib/buckets";
import { OUTSIDE, type Frame } from "../lib/geometry";
import { borderOf } from "../lib/lasso";
import { EACH_BELOW, type Drawn } from "../map/PointsLayer";
import type { Store } from "../state/store";

/** `of`: the dataset that the map is of; null for all. */
export function drawnOn(store: Store, of: string | null): Drawn {
  const style = (void store.theme.value, getComputedStyle(document.documentElement));
  const layer = store.layer.value?.name ?? "";
  const { lasso, trace } = store.view.value;
  const taken = store.taken.value;
  const stops = trace ? (store.path.state.value.data?.stops ?? []) : [];
  const line = lasso?.layer === layer && "lasso" in lasso.place ? lasso.place.lasso : null;
  const cells = taken?.layer === layer && "cells" in taken.place ? taken.place : null;
  return {
    dots: store.dotsOf(of).value,
    lasso: line,
    borders: cells ? borderOf(cells.cells.filter((cell) => cell.column !== OUTSIDE), cells.size) : [],
    rings: stops.filter((stop) => stop.layer === layer && !stop.outside),
    ink: style.getPropertyValue("--ink").trim(),
    plate: style.getPropertyValue("--plate").trim(),
  };
}

/** So few samples are in the window that a click means one of them and not its cell. */
export function isDeep(store: Store, of: string | null): boolean {
  const shown = store.dotsShown.peek() ? store.dotsOf(of).peek() : null;
  return shown !== null && countIn(shown, store.bounds.peek(), EACH_BELOW) <= EACH_BELOW;
}

const NEAR_PX = 7;

/** The sample that the map shows nearest to a place of it, within a finger's tip; −1 for none. */
export function pointNear(store: Store, of: string | null, x: number, y: number, side: Frame["side"]): number {
  const shown = store.dotsOf(of).peek();
  const best = shown ? nearestTo(shown, x, y, NEAR_PX / side) : -1;
  return best < 0 ? -1 : (shown?.point[best] as number);
}
