/**
 * Samples as dots: which a map shows, what their colours say, and a legend of what is in view.
 *
 * Traced samples take the place of all others. Of two maps each shows its own dataset, and answers and counts for that alone.
 */
import { computed, effect, signal, type ReadonlySignal } from "@preact/signals";
import { eachIn } from "../lib/buckets";
import { classColor, OTHER_COLOR, type Theme } from "../lib/color";
import type { Rect } from "../lib/geometry";
import { assignSlots, SLOTS } from "../lib/slots";
import type { Choices } from "./choices";
import type { Colors } from "./colors";
import type { Data } from "./data";
import type { View } from "./view";

/** Until a map that moves is taken to be at rest, ms. */
const REST_MS = 200;
/** Without a class. */
const NONE = -1;

export interface DotName {
  readonly name: string;
  readonly color: string;
  /** Dots in view. */
  readonly count: number;
  /** A class that can be looked for. */
  readonly isClass: boolean;
}

/** Samples of the layer on screen, column-wise. */
export interface Spots {
  /** Row of the layer's points. */
  readonly point: ArrayLike<number>;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** Place in the atlas's datasets. */
  readonly dataset: ArrayLike<number>;
  /** Place in the atlas's classes; null where it is not known. */
  readonly top: ArrayLike<number> | null;
}

export interface ShownDots extends Spots {
  /** Place in `colors`. */
  readonly kind: ArrayLike<number>;
  readonly colors: readonly string[];
}

export interface DotState {
  /** What a map shows that is of one dataset, or (null) of all. */
  dotsOf(of: string | null): ReadonlySignal<ShownDots | null>;
  /** Traced samples are shown, and no others. */
  readonly dotsAreTraced: ReadonlySignal<boolean>;
  /** Samples that are drawn on the maps together, and how many of them lie beyond the edge of the map. */
  readonly dotTotals: ReadonlySignal<{ readonly drawn: number; readonly outside: number } | null>;
  /** What the colours in view stand for, the most frequent first. */
  readonly dotLegend: ReadonlySignal<readonly DotName[]>;
}

export function createDots(view: ReadonlySignal<View>, choices: Choices, data: Data, colors: Colors, theme: ReadonlySignal<Theme>): DotState {
  const { atlas, bounds, layer, pair } = choices;
  const rest = signal(bounds.peek());
  effect(() => {
    const now = bounds.value;
    const timer = setTimeout(() => (rest.value = now), REST_MS);
    return () => clearTimeout(timer);
  });
  const names = computed(() => (atlas.value?.datasets ?? []).map((d) => d.name));
  const split = computed(() => (pair.value ? view.value.split : "one"));
  const swipe = computed(() => view.value.swipe);

  const traced = computed(() => (data.tracedOf.value ? (data.traced.state.value.data?.places[layer.value?.name ?? ""] ?? null) : null));
  const dotsAreTraced = computed(() => traced.value !== null);
  const by = computed(() => (dotsAreTraced.value ? "dataset" : view.value.dots));
  const all = computed<Spots | null>(() => (traced.value ? { ...traced.value, top: null } : data.points.state.value.data));

  const spots = memo((of: string | null) =>
    computed(() => {
      const only = of === null ? NONE : names.value.indexOf(of);
      return all.value && only >= 0 ? ofDataset(all.value, only) : all.value;
    }),
  );
  /** What each map shows, and the part of the square that its window has. */
  const maps = computed<readonly (readonly [Spots | null, Rect])[]>(() => {
    const [whole, now] = [rest.value, pair.value];
    if (split.value === "one" || !now) return [[spots(null).value, whole]];
    const [first, second] = [spots(now[0]).value, spots(now[1]).value];
    if (split.value === "side") return [[first, whole], [second, whole]];
    const width = whole.width * swipe.value;
    return [
      [first, { ...whole, width }],
      [second, { ...whole, x: whole.x + width, width: whole.width - width }],
    ];
  });

  /** Dots in view, by dataset or class. */
  const counts = computed(() => {
    const found = new Map<number, number>();
    for (const [shown, window] of maps.value) {
      if (!shown) continue;
      const values = (by.value === "class" && shown.top) || shown.dataset;
      eachIn(shown, window, (i) => void found.set(values[i] as number, (found.get(values[i] as number) ?? 0) + 1));
    }
    return found;
  });
  let last: ReadonlyMap<number, number> = new Map();
  const slots = computed(() => {
    const next = assignSlots(new Map([...counts.value].filter(([name]) => name !== NONE)), last);
    // The same colours again must not paint every dot again.
    const same = next.size === last.size && [...next].every(([name, slot]) => last.get(name) === slot);
    return by.value === "class" && !same ? (last = next) : last;
  });

  const dotsOf = memo((of: string | null) =>
    computed<ShownDots | null>(() => {
      const shown = spots(of).value;
      if (!shown) return null;
      if (by.value === "dataset" || !shown.top) return { ...shown, kind: shown.dataset, colors: names.value.map((_, i) => colors.colorOf(i)) };
      const now = slots.value;
      const kind = Uint8Array.from(shown.top, (name) => now.get(name) ?? SLOTS);
      return { ...shown, kind, colors: [...Array.from({ length: SLOTS }, (_, slot) => classColor(slot, theme.value)), OTHER_COLOR] };
    }),
  );

  const dotTotals = computed(() => {
    if (!all.value) return null;
    let [drawn, outside] = [0, 0];
    for (const [shown] of maps.value) {
      for (let i = 0; shown && i < shown.x.length; i++) {
        drawn++;
        if (!isOnMap(shown.x[i] as number, shown.y[i] as number)) outside++;
      }
    }
    return { drawn, outside };
  });

  const dotLegend = computed<readonly DotName[]>(() => {
    const entries = [...counts.value].sort((a, b) => b[1] - a[1]);
    if (by.value === "dataset") return entries.map(([i, count]) => ({ name: atlas.value?.datasets[i]?.title ?? "", color: colors.colorOf(i), count, isClass: false }));
    const named = entries.filter(([name]) => slots.value.has(name));
    const others = entries.filter(([name]) => !slots.value.has(name)).reduce((sum, [, count]) => sum + count, 0);
    const list = named.map(([name, count]) => ({ name: atlas.value?.classes[name] ?? "", color: classColor(slots.value.get(name) ?? 0, theme.value), count, isClass: true }));
    return others > 0 ? [...list, { name: "other classes", color: OTHER_COLOR, count: others, isClass: false }] : list;
  });

  return { dotsOf, dotsAreTraced, dotTotals, dotLegend };
}

export function isOnMap(x: number, y: number): boolean {
  return x >= 0 && x < 1 && y >= 0 && y < 1;
}

function ofDataset(all: Spots, only: number): Spots {
  const kept = Array.from(all.x, (_, i) => i).filter((i) => all.dataset[i] === only);
  const pick = (values: ArrayLike<number>): number[] => kept.map((i) => values[i] as number);
  return { point: pick(all.point), x: pick(all.x), y: pick(all.y), dataset: pick(all.dataset), top: all.top && pick(all.top) };
}

/** One signal for each dataset that is asked for. */
function memo<T>(make: (of: string | null) => T): (of: string | null) => T {
  const made = new Map<string | null, T>();
  return (of) => {
    if (!made.has(of)) made.set(of, make(of));
    return made.get(of) as T;
  };
}
