/** Samples as dots: what their colours say, and a legend of what is in view. */
import { computed, effect, signal, type ReadonlySignal } from "@preact/signals";
import { eachIn } from "../lib/buckets";
import { classColor, OTHER_COLOR, type Theme } from "../lib/color";
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

export interface DotState {
  /** Colour of each dot, as a place in `colors`. */
  readonly dotKinds: ReadonlySignal<{ readonly kind: ArrayLike<number>; readonly colors: readonly string[] } | null>;
  /** What the colours in view stand for, the most frequent first. */
  readonly dotLegend: ReadonlySignal<readonly DotName[]>;
}

export function createDots(view: ReadonlySignal<View>, choices: Choices, data: Data, colors: Colors, theme: ReadonlySignal<Theme>): DotState {
  const { atlas, bounds } = choices;
  const by = computed(() => view.value.dots);
  const rest = signal(bounds.peek());
  effect(() => {
    const now = bounds.value;
    const timer = setTimeout(() => (rest.value = now), REST_MS);
    return () => clearTimeout(timer);
  });

  /** Dots in view, by dataset or class. */
  const counts = computed(() => {
    const found = new Map<number, number>();
    const points = data.points.state.value.data;
    if (!points) return found;
    const values = by.value === "class" ? points.top : points.dataset;
    eachIn(points, rest.value, (i) => void found.set(values[i] as number, (found.get(values[i] as number) ?? 0) + 1));
    return found;
  });
  let last: ReadonlyMap<number, number> = new Map();
  const slots = computed(() => {
    const next = assignSlots(new Map([...counts.value].filter(([name]) => name !== NONE)), last);
    // The same colours again must not paint every dot again.
    const same = next.size === last.size && [...next].every(([name, slot]) => last.get(name) === slot);
    return by.value === "class" && !same ? (last = next) : last;
  });

  const dotKinds = computed(() => {
    const points = data.points.state.value.data;
    if (!points) return null;
    if (by.value === "dataset") return { kind: points.dataset, colors: (atlas.value?.datasets ?? []).map((_, i) => colors.colorOf(i)) };
    const now = slots.value;
    const kind = Uint8Array.from(points.top, (name) => now.get(name) ?? SLOTS);
    return { kind, colors: [...Array.from({ length: SLOTS }, (_, slot) => classColor(slot, theme.value)), OTHER_COLOR] };
  });

  const dotLegend = computed<readonly DotName[]>(() => {
    const entries = [...counts.value].sort((a, b) => b[1] - a[1]);
    if (by.value === "dataset") return entries.map(([i, count]) => ({ name: atlas.value?.datasets[i]?.title ?? "", color: colors.colorOf(i), count, isClass: false }));
    const named = entries.filter(([name]) => slots.value.has(name));
    const others = entries.filter(([name]) => !slots.value.has(name)).reduce((sum, [, count]) => sum + count, 0);
    const list = named.map(([name, count]) => ({ name: atlas.value?.classes[name] ?? "", color: classColor(slots.value.get(name) ?? 0, theme.value), count, isClass: true }));
    return others > 0 ? [...list, { name: "other classes", color: OTHER_COLOR, count: others, isClass: false }] : list;
  });

  return { dotKinds, dotLegend };
}
