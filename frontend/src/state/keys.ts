/** The keys of the viewer: one table that the page obeys and the help prints. */
import { choosingOf, moveCursor, setTool, toggleCell, toggleChoosing } from "./choosing";
import { closeTop, cycleColor, cycleSplit, moveSelection, stepGrid, stepLayer, stepRanking, toggleCompare, togglePin, toggleRanking } from "./actions";
import { stepSeries } from "./series";
import { notesOf } from "./notes";
import type { Store } from "./store";
import { toggleTrace } from "./tracing";

/** What keys do to the map itself. */
export interface MapControls {
  zoomBy(factor: number): void;
  panBy(dx: number, dy: number): void;
  home(): void;
  /** Move the window's centre to a place of the map, at once. */
  centre(place: { x: number; y: number }): void;
  middle(): { x: number; y: number };
}

export interface Shortcut {
  readonly keys: readonly string[];
  /** As printed. */
  readonly shown: string;
  readonly what: string;
  readonly group: "Map" | "Atlas" | "Cells" | "Page";
  readonly shift?: boolean;
  /** Only then; by default always. */
  when?(store: Store): boolean;
  run(store: Store, map: MapControls, key: string): void;
}

const STEP = 0.15;
const ARROWS: Readonly<Record<string, readonly [number, number]>> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const ARROW_KEYS = Object.keys(ARROWS);
const choosing = (store: Store): boolean => choosingOf(store) !== null;

export const SHORTCUTS: readonly Shortcut[] = [
  {
    keys: ARROW_KEYS,
    shown: "← ↑ → ↓",
    what: "pan",
    group: "Map",
    shift: false,
    when: (store) => !choosing(store),
    run: (_, map, key) => map.panBy((ARROWS[key]?.[0] ?? 0) * STEP, (ARROWS[key]?.[1] ?? 0) * STEP),
  },
  { keys: ["+", "="], shown: "+", what: "zoom in", group: "Map", run: (_, map) => map.zoomBy(1.5) },
  { keys: ["-", "_"], shown: "−", what: "zoom out", group: "Map", run: (_, map) => map.zoomBy(1 / 1.5) },
  { keys: ["0"], shown: "0", what: "whole map", group: "Map", run: (_, map) => map.home() },
  { keys: ["["], shown: "[", what: "layer before", group: "Atlas", run: (store) => stepLayer(store, -1) },
  { keys: ["]"], shown: "]", what: "layer after", group: "Atlas", run: (store) => stepLayer(store, 1) },
  { keys: ["{"], shown: "{", what: "before in the series (truncation, step …)", group: "Atlas", run: (store) => stepSeries(store, -1) },
  { keys: ["}"], shown: "}", what: "after in the series", group: "Atlas", run: (store) => stepSeries(store, 1) },
  { keys: ["<", ","], shown: ",", what: "coarser grid", group: "Atlas", run: (store) => stepGrid(store, -1) },
  { keys: [">", "."], shown: ".", what: "finer grid", group: "Atlas", run: (store) => stepGrid(store, 1) },
  { keys: ["g"], shown: "g", what: "let zoom choose the grid", group: "Atlas", run: (store) => store.go({ grid: "auto" }) },
  { keys: ["c"], shown: "c", what: "next way to colour", group: "Atlas", run: (store) => cycleColor(store) },
  { keys: ["s"], shown: "s", what: "fade what may be chance", group: "Atlas", run: (store) => store.go({ significance: !store.view.value.significance }) },
  { keys: ["v"], shown: "v", what: "one map, two side by side, two to swipe", group: "Atlas", run: (store) => cycleSplit(store) },
  { keys: ["o"], shown: "o", what: "samples as dots", group: "Atlas", run: (store) => store.go({ points: !store.dotsShown.value }) },
  { keys: ["/", "f"], shown: "f", what: "find a class", group: "Atlas", run: (store) => findClass(store) },
  { keys: ["h"], shown: "h", what: "heat map of layers and grids", group: "Atlas", run: (store) => store.go({ heatmap: !store.view.value.heatmap }) },
  { keys: ["m"], shown: "m", what: "metrics", group: "Atlas", run: (store) => store.go({ metrics: store.view.value.metrics ? null : "layers" }) },
  { keys: ["d"], shown: "d", what: "list of the most different cells", group: "Cells", run: (store) => toggleRanking(store) },
  { keys: ["n"], shown: "n", what: "next most different cell", group: "Cells", run: (store) => stepRanking(store, 1) },
  { keys: ["p"], shown: "p", what: "the one before", group: "Cells", run: (store) => stepRanking(store, -1) },
  { keys: ["k"], shown: "k", what: "pin the cell, or let it go", group: "Cells", run: (store) => togglePin(store) },
  { keys: ["x"], shown: "x", what: "compare with the pinned cell", group: "Cells", run: (store) => toggleCompare(store) },
  { keys: ["r"], shown: "r", what: "trace the members through all layers", group: "Cells", run: (store) => toggleTrace(store) },
  { keys: ["l"], shown: "l", what: "draw a lasso", group: "Cells", run: (store) => setTool(store, store.tool.value === "lasso" ? "pan" : "lasso") },
  { keys: ["e"], shown: "e", what: "choose cells one by one, or stop", group: "Cells", run: (store, map) => toggleChoosing(store, map.middle()) },
  {
    keys: ARROW_KEYS,
    shown: "e ← ↑ → ↓",
    what: "then: to the next cell",
    group: "Cells",
    shift: false,
    when: choosing,
    run: (store, _, key) => moveCursor(store, ARROWS[key]?.[0] ?? 0, ARROWS[key]?.[1] ?? 0, false),
  },
  {
    keys: ARROW_KEYS,
    shown: "e ⇧ ← ↑ → ↓",
    what: "then: take the cells on the way",
    group: "Cells",
    shift: true,
    when: choosing,
    run: (store, _, key) => moveCursor(store, ARROWS[key]?.[0] ?? 0, ARROWS[key]?.[1] ?? 0, true),
  },
  { keys: [" "], shown: "e Space", what: "then: take the cell, or leave it", group: "Cells", when: choosing, run: (store) => toggleCell(store) },
  {
    keys: ARROW_KEYS,
    shown: "⇧ ← ↑ → ↓",
    what: "select the neighbouring cell",
    group: "Cells",
    shift: true,
    when: (store) => !choosing(store),
    run: (store, map, key) => moveSelection(store, ARROWS[key]?.[0] ?? 0, ARROWS[key]?.[1] ?? 0, map.middle()),
  },
  { keys: ["j"], shown: "j", what: "notes: on the cell or lasso, else all", group: "Page", run: (store) => jot(store) },
  { keys: ["a"], shown: "a", what: "about this atlas", group: "Page", run: (store) => store.go({ about: !store.view.value.about }) },
  { keys: ["w"], shown: "w", what: "take it along: link, pictures, tables", group: "Page", run: (store) => (store.save.value = !store.save.value) },
  { keys: ["t"], shown: "t", what: "dark or light", group: "Page", run: (store) => (store.theme.value = store.theme.value === "dark" ? "light" : "dark") },
  { keys: ["Escape"], shown: "Esc", what: "close what is on top", group: "Page", run: (store) => closeTop(store) },
  { keys: ["?"], shown: "?", what: "this list", group: "Page", run: (store) => (store.help.value = !store.help.value) },
];

/** Keys typed into a field, or meant for a control that has the focus, are not ours. */
function isTaken(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return true;
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest("input:not([type=range]):not([type=checkbox]), textarea, [contenteditable]")) return event.key !== "Escape";
  // In a list of choices letters look for one.
  if (event.key.length === 1 && target?.closest("select")) return true;
  if (event.key === " " && target?.closest("button, a, input, summary, [role=slider], .scrolls")) return true;
  const moves = event.key.startsWith("Arrow");
  return moves && target?.closest("select, input, [role=slider], [role=radiogroup], .scrolls") != null;
}

export function listenToKeys(store: Store, map: () => MapControls | null, page: Document = document): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (isTaken(event) || event.defaultPrevented) return;
    const shortcut = SHORTCUTS.find((s) => s.keys.includes(event.key) && (s.shift === undefined || s.shift === event.shiftKey) && (s.when?.(store) ?? true));
    const controls = map();
    if (!shortcut || (!controls && shortcut.group === "Map")) return;
    // While a dialog is open only closing it makes sense.
    if (page.querySelector("dialog[open]") && !["Escape", "?", "h", "m", "a", "t", "w"].includes(event.key)) return;
    // An open hint takes Escape for itself.
    if (event.key === "Escape" && page.querySelector(":popover-open")) return;
    event.preventDefault();
    shortcut.run(store, controls ?? NOWHERE, event.key);
  };
  page.addEventListener("keydown", onKey);
  return () => page.removeEventListener("keydown", onKey);
}

/** The field is in the rail, which a narrow screen has behind the menu. */
function findClass(store: Store): void {
  store.menu.value = true;
  requestAnimationFrame(() => document.getElementById("finder")?.focus());
}

/** Write on what is selected; with nothing selected, show all notes. */
function jot(store: Store): void {
  const notes = notesOf(store);
  const add = notes.here.value === null ? null : document.querySelector<HTMLElement>(".place-notes textarea, .note-add");
  if (!add) notes.open.value = !notes.open.value;
  else if (add instanceof HTMLTextAreaElement) add.focus();
  else add.click();
}

const NOWHERE: MapControls = { zoomBy: () => undefined, panBy: () => undefined, home: () => undefined, centre: () => undefined, middle: () => ({ x: 0.5, y: 0.5 }) };
