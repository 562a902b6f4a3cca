/** The colours of the datasets: those of the pair that is compared are the map's own. */
import { computed, type ReadonlySignal } from "@preact/signals";
import { datasetColor, type Theme } from "../lib/color";
import type { Choices } from "./choices";

export interface Colors {
  /** Indices of the two datasets that are compared. */
  readonly compared: ReadonlySignal<readonly [number, number]>;
  /** Colour of a dataset, by its index. */
  colorOf(index: number): string;
}

export function createColors({ atlas, pair }: Choices, theme: ReadonlySignal<Theme>): Colors {
  const compared = computed(() => {
    const [first, second] = (pair.value ?? []).map((name) => atlas.value?.datasets.findIndex((dataset) => dataset.name === name) ?? -1);
    return [first ?? 0, second ?? 1] as const;
  });
  return { compared, colorOf: (index) => datasetColor(index, theme.value, compared.value) };
}
