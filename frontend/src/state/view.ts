/** The view: everything of what is on screen that a link says (link.ts), and which of its changes are steps. Pure. */
import type { Order } from "../api/source";
import type { RankBy, Side } from "../lib/cells";
import type { Measure } from "../lib/divergence";
import type { ColorMode } from "../lib/heat";
import type { IconWish } from "../lib/icons";
import type { CellsPlace, LassoPlace, Located, Selected } from "../lib/places";

export type { Selected };

/** Where one looks: the centre on the unit square, and the square's side over the shorter side of the window. */
export interface Viewpoint {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** A cell that is kept to compare others with, wherever it is. */
export interface Pinned extends Selected {
  readonly layer: string;
}

export type Split = "one" | "side" | "swipe";

/** What is taken on the map of a layer: what a line encloses, or cells chosen one by one. */
export type Taken = Located<LassoPlace | CellsPlace>;

/**
 * Whose members are drawn in every layer, and stay so whatever is selected later: a place. "on": of what is selected, or will be
 * first; "path": none, only the way of an image.
 */
export type Trace = Located | "on" | "path";

export interface ImageRef {
  readonly dataset: string;
  readonly image: number;
}

/** One image's activation at one position: the sample that is looked at large. */
export interface SampleRef extends ImageRef {
  readonly position: number;
}

/** Ends of the colour scale of one way to colour, in its own unit. */
export interface ScaleEnds {
  readonly mode: ColorMode;
  readonly low: number;
  readonly high: number;
}

/** What of the metrics is shown. */
export const METRICS_TABS = ["layers", "labels", "series", "nearest"] as const;
export type MetricsTab = (typeof METRICS_TABS)[number];

export interface Sort {
  readonly by: string;
  readonly falling: boolean;
}

export interface View {
  readonly layer: string | null;
  readonly grid: number | "auto";
  readonly color: ColorMode;
  /** Ends of the map's colour scale; null, or of another way to colour than the present one: from the data. */
  readonly scale: ScaleEnds | null;
  readonly pair: readonly [string, string] | null;
  /** Dataset of the density colours; null is the reference. */
  readonly density: string | null;
  readonly significance: boolean;
  readonly opacity: number;
  readonly icons: IconWish | "auto" | "none";
  /** Icon area by the number of samples: the d of lib/area.ts; 0 for whole icons. */
  readonly area: number;
  /** The dataset whose samples the area is of; null: both of the pair. */
  readonly areaOf: string | null;
  /** Samples are shown as dots, or not; null: where one is deep enough in the map. */
  readonly points: boolean | null;
  /** What the colour of a dot says. */
  readonly dots: "dataset" | "class";
  /** null: the whole map. */
  readonly at: Viewpoint | null;
  readonly cell: Selected | null;
  /** One map, or two of the datasets of the pair: side by side, or the one behind the other. */
  readonly split: Split;
  /** Where the edge between the two is, 0 to 1 of the width. */
  readonly swipe: number;
  readonly pin: Pinned | null;
  /** The dataset whose classes and examples are compared between the pinned and the selected cell; null: no comparison. */
  readonly compare: string | null;
  readonly lasso: Taken | null;
  /** The lasso takes the cells of this grid whose middle is inside, whole; null: the samples inside. */
  readonly whole: number | null;
  /** Small maps of all layers are open, with the members of a place. */
  readonly trace: Trace | null;
  /** The image whose way through the layers is shown. */
  readonly image: ImageRef | null;
  /** The sample that is looked at large. */
  readonly sample: SampleRef | null;
  /** The class that is looked for: the map fades by it. */
  readonly label: string | null;
  readonly ranking: boolean;
  readonly side: Side;
  readonly rankBy: RankBy;
  /** List only cells that one of the two datasets lacks entirely. */
  readonly only: boolean;
  readonly order: Order;
  readonly heatmap: boolean;
  /** The table of metrics is open. */
  readonly metrics: MetricsTab | null;
  /** What the labels of the metrics are sorted by: the name of a figure, or "label". */
  readonly sort: Sort;
  /** The series, and the features, whose figures are drawn as curves; null: the first, the final ones. */
  readonly series: string | null;
  readonly space: string | null;
  /** By what images are nearest. */
  readonly near: "features" | "pixels";
  readonly measure: Measure;
  readonly about: boolean;
  /** Ends of the heat maps' colour scale; null: from the data. */
  readonly range: readonly [number, number] | null;
}

export const DEFAULT_VIEW: View = {
  layer: null,
  grid: "auto",
  color: "effect",
  scale: null,
  pair: null,
  density: null,
  significance: true,
  opacity: 0.55,
  icons: "auto",
  area: 0,
  areaOf: null,
  points: null,
  dots: "dataset",
  at: null,
  cell: null,
  split: "one",
  swipe: 0.5,
  pin: null,
  compare: null,
  lasso: null,
  whole: null,
  trace: null,
  image: null,
  sample: null,
  label: null,
  ranking: false,
  side: "both",
  rankBy: "effect",
  only: false,
  order: "nearest",
  heatmap: false,
  metrics: null,
  sort: { by: "recall", falling: false },
  series: null,
  space: null,
  near: "features",
  about: false,
  measure: "js",
  range: null,
};

/** Whether going from one view to another is a step that "back" should undo: not so for panning, sliders, and going from sample to sample. */
export function isStep(before: View, after: View): boolean {
  const names = ["layer", "grid", "color", "pair", "density", "icons", "areaOf", "points", "dots", "cell", "split", "pin", "compare", "lasso", "whole", "image", "label", "ranking", "heatmap", "metrics", "about", "measure"] as const;
  const says = (view: View, name: (typeof names)[number]): string => JSON.stringify(name === "lasso" ? stepOf(view.lasso) : view[name]);
  return names.some((name) => says(before, name) !== says(after, name)) || isTraceStep(before.trace, after.trace) || (before.sample === null) !== (after.sample === null);
}

/** Cells are chosen one by one: "back" undoes them all. */
function stepOf(taken: Taken | null): unknown {
  return taken && "cells" in taken.place ? [taken.layer, taken.place.size] : taken;
}

/** Whose members are traced is settled by itself where it was left open. */
function isTraceStep(before: Trace | null, after: Trace | null): boolean {
  return JSON.stringify(before) !== JSON.stringify(after) && !(before === "on" && typeof after === "object" && after !== null);
}
