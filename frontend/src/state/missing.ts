/**
 * What a link names and the atlas does not have (any more, or yet): in words that say what is shown in its place, with the nearest that
 * there is, each as a change of the view. Pure. What the server must be asked for (a cell, a label) its own panel says.
 */
import type { AtlasView, LayerView } from "../api/types";
import { cellOf, cellCentre, nearestGrid, OUTSIDE } from "../lib/geometry";
import { titleOf } from "../lib/names";
import { nearestNames } from "../lib/nearest";
import type { Pinned, View } from "./view";

export interface Way {
  readonly name: string;
  readonly go: Partial<View>;
}

export interface Missing {
  /** What it is that is missing. */
  readonly what: "layer" | "grid" | "pair" | "density" | "areaOf" | "icons" | "compare" | "pin" | "lasso" | "whole";
  readonly words: string;
  readonly ways: readonly Way[];
}

/** What is shown instead. */
export interface ShownNow {
  readonly layer: LayerView;
  readonly size: number | null;
  readonly pair: readonly [string, string] | null;
  readonly density: string;
}

const MOST = 4;

export function missingIn(view: View, atlas: AtlasView, now: ShownNow): Missing[] {
  const found: Missing[] = [];
  const names = atlas.datasets.map((d) => d.name);
  const title = (name: string): string => titleOf(atlas, name);
  const say = (what: Missing["what"], words: string, ways: readonly Way[]): void => void found.push({ what, words, ways });
  /** A dataset that is named for something and is not there. */
  const dataset = (what: Missing["what"], name: string | null, shown: string, go: (name: string) => Partial<View>): void => {
    if (name === null || names.includes(name)) return;
    say(what, `This atlas has no dataset ${name}; ${shown}.`, nearestNames(name, names, MOST).map((each) => ({ name: title(each), go: go(each) })));
  };
  const yet = atlas.status === "building" ? " yet" : "";

  if (view.layer !== null && view.layer !== now.layer.name) {
    const others = atlas.layers.map((l) => l.name).filter((name) => name !== now.layer.name);
    // A cell of a layer that is gone is no cell of another.
    const ways = nearestNames(view.layer, others, MOST).map((name) => ({ name, go: { layer: name, cell: null, compare: null } }));
    say("layer", `This atlas has no layer ${view.layer}${yet}; this is ${now.layer.name}.`, [...ways, { name: `stay on ${now.layer.name}`, go: { layer: now.layer.name, cell: null, compare: null } }]);
  }
  const sizes = now.layer.grids.map((g) => g.size).sort((a, b) => a - b);
  if (view.grid !== "auto" && sizes.length > 0 && !sizes.includes(view.grid)) {
    say("grid", `${now.layer.name} has no ${view.grid} grid${yet}; this is the ${now.size} grid.`, [...sizes.map((size) => ({ name: String(size), go: { grid: size } })), { name: "auto", go: { grid: "auto" } }]);
  }
  const wanted = view.pair;
  if (wanted && !atlas.pairs.some(([a, b]) => a === wanted[0] && b === wanted[1])) {
    const shown = now.pair ? `this is ${title(now.pair[0])} against ${title(now.pair[1])}` : "it compares none";
    const alike = (pair: readonly string[]): number => pair.filter((name) => wanted.includes(name)).length;
    const pairs = [...atlas.pairs].sort((a, b) => alike(b) - alike(a)).slice(0, MOST) as unknown as readonly (readonly [string, string])[];
    say("pair", `This atlas does not compare ${title(wanted[0])} with ${title(wanted[1])}${yet}; ${shown}.`, pairs.map((pair) => ({ name: `${title(pair[0])} against ${title(pair[1])}`, go: { pair } })));
  }
  if (view.color === "density" || view.label !== null) dataset("density", view.density, `counted is ${title(now.density)}`, (density) => ({ density }));
  if (view.area > 0) dataset("areaOf", view.areaOf, "the area is of both sets compared", (areaOf) => ({ areaOf }));
  const { icons } = view;
  if (typeof icons !== "string" && icons.of !== "joint") dataset("icons", icons.of, "its icons have stand-ins", (of) => ({ icons: { ...icons, of } }));
  if (view.pin && view.cell) dataset("compare", view.compare, `compared is ${title(atlas.reference)}`, (compare) => ({ compare }));
  const pin = view.pin && whyNot(view.pin, atlas);
  if (pin) say("pin", `The pinned cell is not there: ${pin}.`, [{ name: "Let it go", go: { pin: null, compare: null } }]);
  const { lasso, whole } = view;
  if (lasso) {
    const chosen = "cells" in lasso.place;
    const why = whyNot({ layer: lasso.layer, size: "cells" in lasso.place ? lasso.place.size : null }, atlas);
    if (why) say("lasso", `${chosen ? "The chosen cells are" : "The lasso is"} not there: ${why}.`, [{ name: chosen ? "Let them go" : "Let it go", go: { lasso: null, whole: null } }]);
  }
  const under = lasso && "lasso" in lasso.place ? atlas.layers.find((l) => l.name === lasso.layer) : undefined;
  if (whole !== null && under && !under.grids.some((g) => g.size === whole)) {
    const ways = under.grids.map(({ size }) => ({ name: `Cells of ${size}`, go: { whole: size } }));
    say("whole", `${under.name} has no ${whole} grid${yet}: the lasso takes the samples inside.`, [...ways, { name: "Samples inside", go: { whole: null } }]);
  }
  return found;
}

/** Why there can be no such place: its layer, or its grid where it is of one, is not there; null where both are. */
export function whyNot(at: { readonly layer: string; readonly size: number | null }, atlas: AtlasView): string | null {
  const layer = atlas.layers.find((l) => l.name === at.layer);
  const yet = atlas.status === "building" ? " yet" : "";
  if (!layer) return `this atlas has no layer ${at.layer}${yet}`;
  return at.size === null || layer.grids.some((g) => g.size === at.size) ? null : `${at.layer} has no ${at.size} grid${yet}`;
}

/** The cells at the place of another, on the grids that its layer has; the grid nearest in size first. */
export function sameElsewhere(at: Pinned, atlas: AtlasView): Pinned[] {
  const sizes = (atlas.layers.find((l) => l.name === at.layer)?.grids ?? []).map((g) => g.size);
  if (sizes.length === 0) return [];
  const first = nearestGrid(sizes, at.size);
  const middle = cellCentre(at, at.size);
  return [first, ...sizes.filter((size) => size !== first)].map((size) => ({ layer: at.layer, size, ...(at.column === OUTSIDE ? { column: OUTSIDE, row: OUTSIDE } : (cellOf(middle, size) ?? { column: 0, row: 0 })) }));
}
