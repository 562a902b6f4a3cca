/** What the map and the lists show of the loaded cells: their colours, and which of them differ most. */
import { computed, type ReadonlySignal } from "@preact/signals";
import { pairOf, placeOf, rankCells, type CellTable, type PairTable } from "../lib/cells";
import { divergingRamp, sequentialRamp, type Ramp, type Theme } from "../lib/color";
import type { CellFigures } from "../api/types";
import { heatOf, type ColorMode, type Heat } from "../lib/heat";
import { isPart, partHeat, partsOf, type PairParts } from "../lib/parts";
import { evenScale, withEnds } from "../lib/scale";
import type { Choices } from "./choices";
import type { Resource } from "./resource";
import type { View } from "./view";

export interface Reading {
  readonly table: ReadonlySignal<CellTable | null>;
  readonly pairTable: ReadonlySignal<PairTable | null>;
  /** The parts of the figures of the pair, while the map is coloured by one. */
  readonly parts: ReadonlySignal<PairParts | null>;
  readonly heat: ReadonlySignal<Heat | null>;
  readonly ramp: ReadonlySignal<Ramp>;
  readonly sequential: ReadonlySignal<Ramp>;
  readonly ranked: ReadonlySignal<readonly number[]>;
  /** Where the selected cell stands in the ranking, or −1. */
  readonly rank: ReadonlySignal<number>;
}

export function createReading(view: ReadonlySignal<View>, choices: Choices, cells: Resource<CellTable>, figures: Resource<CellFigures>, theme: ReadonlySignal<Theme>): Reading {
  const { atlas, pair, densityOf } = choices;

  const table = computed(() => cells.state.value.data);
  const pairTable = computed(() => (table.value ? pairOf(table.value, pair.value) : null));
  const parts = computed(() => partsOf(figures.state.value.data, pair.value));
  const ramp = computed(() => (isSequential(view.value.color) ? sequentialRamp(theme.value) : divergingRamp(theme.value)));
  const sequential = computed(() => sequentialRamp(theme.value));
  const heatKey = computed(() => `${view.value.color} ${view.value.significance} ${view.value.split}`);
  /** On the scale that the data ask for. */
  const plainHeat = computed(() => {
    void heatKey.value;
    if (!table.value || !atlas.value) return null;
    const { color, significance, split } = view.peek();
    if (isPart(color)) return parts.value && figures.state.value.data?.size === table.value.size ? partHeat(parts.value, color, table.value.length) : null;
    const wish = { mode: color, pair: pair.value, dataset: densityOf.value, significance, fdr: atlas.value.fdr, minTest: atlas.value.min_test };
    const plain = heatOf(table.value, wish);
    if (!plain || color !== "density" || split === "one" || !pair.value) return plain;
    // Two maps of densities are read on one scale.
    const limits = pair.value.map((dataset) => (table.value && heatOf(table.value, { ...wish, dataset })?.scale.high) ?? 0);
    const scale = evenScale(Math.max(...limits), plain.scale.signed, plain.scale.power);
    return { ...plain, scale, plain: scale };
  });
  const ends = computed(() => (view.value.scale?.mode === view.value.color ? view.value.scale : null));
  const heat = computed(() => {
    const plain = plainHeat.value;
    return plain && ends.value ? { ...plain, scale: withEnds(plain.plain, ends.value.low, ends.value.high) } : plain;
  });
  const rankKey = computed(() => `${view.value.side} ${view.value.rankBy} ${view.value.only}`);
  const ranked = computed<readonly number[]>(() => {
    void rankKey.value;
    if (!table.value || !pairTable.value || !atlas.value) return [];
    const { side, rankBy, only } = view.peek();
    return rankCells(table.value, pairTable.value, atlas.value.fdr, side, rankBy, only);
  });
  const rank = computed(() => {
    const cell = view.value.cell;
    if (!cell || !table.value || cell.size !== table.value.size) return -1;
    return ranked.value.indexOf(placeOf(table.value, cell));
  });

  return { table, pairTable, parts, heat, ramp, sequential, ranked, rank };
}

/** Ways to colour of which none is below zero. */
function isSequential(mode: ColorMode): boolean {
  return mode === "density" || (isPart(mode) && mode !== "copying");
}
