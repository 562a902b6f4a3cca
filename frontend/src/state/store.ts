/**
 * The one store of the page: the view and how to change it, what it means in this atlas (choices.ts), what is loaded for it (data.ts)
 * and what its dots say (dots.ts), the sample that is looked at large (viewing.ts), what the map shows of the cells (reading.ts), and what of the page is in no link.
 */
import { computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { AtlasSource } from "../api/source";
import type { AtlasSummary } from "../api/types";
import type { Theme } from "../lib/color";
import type { CellAt } from "../lib/geometry";
import { createChoices, type Choices } from "./choices";
import type { Tool } from "./choosing";
import { createData, type Data } from "./data";
import { createColors, type Colors } from "./colors";
import { createDots, type DotState } from "./dots";
import { createReading, type Reading } from "./reading";
import { createViewing, type Viewing } from "./viewing";
import type { View, Viewpoint } from "./view";

export interface Hover extends CellAt {
  /** CSS px in the map. */
  readonly left: number;
  readonly top: number;
}

/** What of the page is in no link. */
export interface Page {
  /** Every atlas of the server. */
  readonly atlases: Signal<readonly AtlasSummary[]>;
  /** Prefix of the server's addresses, with a slash at its end. */
  readonly root: string;
  /** What stopped the atlas itself from loading. */
  readonly failure: Signal<Error | null>;
  /** The atlas on screen is no longer served. */
  readonly gone: Signal<boolean>;
  readonly theme: Signal<Theme>;
  readonly help: Signal<boolean>;
  readonly menu: Signal<boolean>;
  readonly save: Signal<boolean>;
  /** Every map on the page, and how to draw it into a picture. */
  readonly panes: Map<HTMLElement, (context: CanvasRenderingContext2D, ratio: number) => Promise<void>>;
  readonly iconsFailed: Signal<boolean>;
  readonly hover: Signal<Hover | null>;
  /** The cell of the row under the pointer in a list. */
  readonly pointed: Signal<CellAt | null>;
  /** What the map is used with. */
  readonly tool: Signal<Tool>;
}

export interface Store extends Choices, Colors, Data, DotState, Viewing, Reading, Page {
  readonly source: AtlasSource;
  /** The view without where one looks: `at` in it is out of date, so that panning does not draw every panel anew. */
  readonly view: ReadonlySignal<View>;
  /** Where one looks. */
  readonly at: ReadonlySignal<Viewpoint | null>;
  /** Change the view. */
  go(patch: Partial<View>): void;
}

export function createStore(source: AtlasSource, root: string, whole: Signal<View>, theme: Signal<Theme>): Store {
  const view = withoutPlace(whole);
  const choices = createChoices(view);
  const data = createData(source, view, choices);
  const colors = createColors(choices, theme);
  return {
    source,
    view,
    at: computed(() => whole.value.at),
    go: (patch) => void (whole.value = { ...whole.peek(), ...patch }),
    ...choices,
    ...colors,
    ...data,
    ...createDots(view, choices, data, colors, theme),
    ...createViewing(source, view, choices, data),
    ...createReading(view, choices, data.cells, data.figures, theme),
    ...createPage(root, theme),
  };
}

function createPage(root: string, theme: Signal<Theme>): Page {
  return {
    atlases: signal([]),
    root,
    failure: signal(null),
    gone: signal(false),
    theme,
    help: signal(false),
    menu: signal(false),
    save: signal(false),
    panes: new Map(),
    iconsFailed: signal(false),
    hover: signal(null),
    pointed: signal(null),
    tool: signal<Tool>("pan"),
  };
}

/** A view that changes only when something else than `at` does. */
function withoutPlace(whole: ReadonlySignal<View>): ReadonlySignal<View> {
  let chosen = whole.peek();
  return computed(() => {
    const now = whole.value;
    if ((Object.keys(now) as (keyof View)[]).some((name) => name !== "at" && now[name] !== chosen[name])) chosen = now;
    return chosen;
  });
}
