/**
 * The sample that is looked at large: its facts, its way through the layers, and the list that it is one of.
 *
 * Opened from a column of examples, that column is the list; opened from a link, it is the members of the cell or lasso that the link
 * names, read until the sample is met.
 */
import { computed, effect, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { AtlasSource } from "../api/source";
import type { SampleView, SelectionView, TraceView } from "../api/types";
import { wishOf, writeLocated } from "../lib/places";
import type { Choices } from "./choices";
import type { Data } from "./data";
import { membersOf, type Members } from "./members";
import { resource, type Resource } from "./resource";
import type { SampleRef, View } from "./view";

/** Members that are looked through for the sample of a link. */
const SEARCHED = 2400;
const PAGE = 120;

export interface Viewing {
  /** The list that the sample is one of. */
  readonly list: Signal<Members | null>;
  readonly samplePath: Resource<TraceView>;
  /** The sample on the layer on screen, where the list does not know it. */
  readonly sampleHere: Resource<SelectionView>;
  /** The sample as the list or the layer knows it; `nearness` only from the list. */
  readonly viewed: ReadonlySignal<SampleView | null>;
}

export function createViewing(source: AtlasSource, view: ReadonlySignal<View>, choices: Choices, data: Data): Viewing {
  const { atlas, layer } = choices;
  const list = signal<Members | null>(null);
  const sample = computed(() => {
    const wanted = view.value.sample;
    return wanted && atlas.value?.datasets.some((d) => d.name === wanted.dataset) ? wanted : null;
  });

  const samplePath = resource(
    computed(() => sample.value && `${atlas.value?.name}/${sample.value.dataset}/${sample.value.image}@${atlas.value?.digest}`),
    (abort) => {
      const { dataset, image } = sample.peek() as SampleRef;
      return source.trace(atlas.peek()?.name ?? "", dataset, image, atlas.peek()?.digest ?? "", abort);
    },
    data.offline,
    { keep: false, cached: 64 },
  );
  const point = computed(() => {
    const stops = samplePath.state.value.data?.stops;
    return stops?.find((stop) => stop.layer === layer.value?.name && stop.position === sample.value?.position)?.point ?? null;
  });
  const sampleHere = resource(
    computed(() => (point.value === null || !layer.value ? null : `${atlas.value?.name}/${layer.value.name}@${layer.value.points_version}#${point.value}`)),
    (abort) => source.selection(atlas.peek()?.name ?? "", layer.peek()?.name ?? "", { rows: [point.peek() ?? 0], limit: 1 }, abort),
    data.offline,
    { keep: false, cached: 64 },
  );
  const viewed = computed(() => {
    const wanted = sample.value;
    if (!wanted) return null;
    const listed = list.value?.pages.value.items.find((item) => isThe(item, wanted));
    if (listed) return listed;
    const here = sampleHere.state.value.data?.items[0];
    return here && isThe(here, wanted) ? { ...here, nearness: null } : null;
  });

  effect(() => {
    if (sample.value === null) list.value = null;
  });
  // The list of a link: asked for once the cell or lasso is known.
  const among = computed(() => data.selected.value && writeLocated(data.selected.value));
  effect(() => {
    const [wanted, members] = [sample.value, among.value];
    const of = data.selected.peek();
    if (!wanted || !members || !of || list.peek()) return;
    let total = 0;
    const [name, order] = [atlas.peek()?.name ?? "", view.peek().order];
    const cell = "cell" in of.place ? of.place.cell : null;
    const found = membersOf(wanted.dataset, of.layer, SEARCHED, async (dataset, cursor, abort) => {
      // As the columns ask, so that the list is theirs: at random, each has its own order.
      if (cell) {
        const version = choices.selectedGrid.peek()?.version ?? "";
        const page = await source.examples({ atlas: name, layer: of.layer, size: cell.size }, cell, { dataset, order, cursor, limit: PAGE, version }, abort);
        total = page.total;
        return page;
      }
      const page = await source.selection(name, of.layer, { ...wishOf(of.place), dataset, order, cursor, limit: PAGE }, abort);
      total = page.counts[dataset] ?? 0;
      return page;
    });
    void search(found, wanted).then((met) => {
      if (met && sample.peek() !== null && !list.peek()) list.value = { ...found, total };
    });
    return () => {
      if (list.peek()?.pages !== found.pages) found.stop();
    };
  });

  return { list, samplePath, sampleHere, viewed };
}

export function isThe(item: SampleView, wanted: SampleRef): boolean {
  return item.dataset === wanted.dataset && item.image === wanted.image && item.position === wanted.position;
}

async function search(list: Members, wanted: SampleRef): Promise<boolean> {
  do {
    await list.more();
    const { items, state } = list.pages.peek();
    if (items.some((item) => isThe(item, wanted))) return true;
    if (state !== "ready" || items.length >= SEARCHED) return false;
  } while (true);
}
