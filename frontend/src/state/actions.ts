/** What a person can do, apart from how: keys, buttons and lists call these. */
import type { SampleView } from "../api/types";
import { neighbour, nearestCell, placeOf } from "../lib/cells";
import { OUTSIDE } from "../lib/geometry";
import { setTool } from "./choosing";
import type { Members } from "./members";
import { notesOf } from "./notes";
import type { Store } from "./store";
import { goToLayer } from "./tracing";
import type { Selected } from "./view";
import { isThe } from "./viewing";

/** Step through the layers, staying within them. */
export function stepLayer(store: Store, by: number): void {
  const layers = store.atlas.value?.layers ?? [];
  const now = layers.findIndex((l) => l.name === store.layer.value?.name);
  const next = layers[now + by];
  if (next) goToLayer(store, next.name);
}

export function stepGrid(store: Store, by: number): void {
  const sizes = store.sizes.value;
  const next = sizes[sizes.indexOf(store.size.value ?? 0) + by];
  if (next) store.go({ grid: next });
}

/** Select a cell of the grid on screen. */
export function selectCell(store: Store, column: number, row: number): void {
  const size = store.size.value;
  if (size !== null) store.go({ cell: { size, column, row } });
}

export function selectOutside(store: Store): void {
  selectCell(store, OUTSIDE, OUTSIDE);
}

/** Go through the cells that differ most; from nowhere, to the first (or the last). */
export function stepRanking(store: Store, by: number): void {
  const { ranked, table, rank } = store;
  if (!table.value || ranked.value.length === 0) return;
  const count = ranked.value.length;
  const next = rank.value < 0 ? (by > 0 ? 0 : count - 1) : (rank.value + by + count) % count;
  const place = ranked.value[next] ?? 0;
  store.go({ cell: { size: table.value.size, column: table.value.column[place] ?? 0, row: table.value.row[place] ?? 0 } });
}

/** Keep the selected cell to compare others with; the pinned cell itself is let go. */
export function togglePin(store: Store): void {
  const { cell, pin } = store.view.value;
  const layer = store.layer.value?.name;
  if (!cell || !layer) {
    if (pin) store.go({ pin: null, compare: null });
    return;
  }
  store.go(isPinned(store) ? { pin: null, compare: null } : { pin: { ...cell, layer }, compare: null });
}

/** Whether the selected cell is the pinned one. */
export function isPinned(store: Store): boolean {
  const { cell, pin } = store.view.value;
  return cell !== null && pin !== null && pin.layer === store.layer.value?.name && pin.size === cell.size && pin.column === cell.column && pin.row === cell.row;
}

/** The pinned and the selected cell side by side, or the selected one alone again. */
export function toggleCompare(store: Store): void {
  const { pin, cell, compare } = store.view.value;
  if (compare !== null) store.go({ compare: null });
  else if (pin && cell && !isPinned(store)) store.go({ compare: store.pair.value?.[0] ?? store.atlas.value?.reference ?? "" });
}

/** Move the selection to the next occupied cell in a direction; with nothing selected, take the one nearest to the middle. */
export function moveSelection(store: Store, dx: number, dy: number, middle: { x: number; y: number }): void {
  const table = store.table.value;
  const cell = store.view.value.cell;
  if (!table) return;
  if (!cell || cell.size !== table.size || cell.column === OUTSIDE || placeOf(table, cell) < 0) {
    const nearest = nearestCell(table, middle.x, middle.y);
    if (nearest) store.go({ cell: { size: table.size, ...nearest } });
    return;
  }
  const next = neighbour(table, cell, dx, dy);
  if (next) store.go({ cell: { size: table.size, ...next } });
}

/** Look at a sample of the layer on screen, in its cell. */
export async function openPoint(store: Store, point: number, cell: Selected): Promise<void> {
  const [atlas, layer] = [store.atlas.value?.name ?? "", store.layer.value?.name ?? ""];
  try {
    const found = await store.source.selection(atlas, layer, { rows: [point], limit: 1 }, new AbortController().signal);
    const sample = found.items[0];
    if (sample && store.layer.value?.name === layer) store.go({ cell, sample: { dataset: sample.dataset, image: sample.image, position: sample.position } });
  } catch {
    // A server that does not answer is said elsewhere; the cell is known without it.
    store.go({ cell });
  }
}

/** Look at the sample before or after in the list that the large one is of, once it is there. */
export async function stepSample(store: Store, by: number): Promise<void> {
  const members = store.list.value;
  if (!members || !store.view.value.sample) return;
  if (!placeBeside(store, members, by) && by > 0) await members.more();
  // Several steps may have waited for one page: each goes on from where the one before it came.
  const next = store.list.value === members ? placeBeside(store, members, by) : null;
  if (!next) return;
  store.go({ sample: { dataset: next.item.dataset, image: next.item.image, position: next.item.position } });
  if (next.at + by >= members.pages.value.items.length - 1) void members.more();
}

/** The sample so many places from the one that is looked at, where the list knows both. */
function placeBeside(store: Store, members: Members, by: number): { at: number; item: SampleView } | null {
  const wanted = store.view.value.sample;
  const { items } = members.pages.value;
  const at = wanted ? items.findIndex((item) => isThe(item, wanted)) : -1;
  const item = items[at + by];
  return at >= 0 && item ? { at: at + by, item } : null;
}

/** Close what is on top, or what was opened last on the same place. */
export function closeTop(store: Store): void {
  const { view } = store;
  if (store.tool.value !== "pan") setTool(store, "pan");
  else if (store.help.value) store.help.value = false;
  else if (store.save.value) store.save.value = false;
  else if (notesOf(store).open.value) notesOf(store).open.value = false;
  else if (view.value.sample) store.go({ sample: null });
  else if (view.value.heatmap) store.go({ heatmap: false });
  else if (view.value.metrics) store.go({ metrics: null });
  else if (view.value.about) store.go({ about: false });
  else if (store.menu.value) store.menu.value = false;
  else if (view.value.cell && view.value.pin && view.value.compare !== null) store.go({ compare: null });
  else if (view.value.cell) store.go({ cell: null });
  else if (view.value.lasso) store.go({ lasso: null });
  else if (view.value.label !== null) store.go({ label: null });
  else if (view.value.ranking) store.go({ ranking: false });
  else if (view.value.trace) store.go({ trace: null, image: null });
}

const SPLITS = ["one", "side", "swipe"] as const;

/** One map, two side by side, two under a curtain, one again. */
export function cycleSplit(store: Store): void {
  const next = SPLITS[(SPLITS.indexOf(store.view.value.split) + 1) % SPLITS.length];
  if (next && store.pair.value) store.go({ split: next });
}

const COLORS = ["effect", "contribution", "density", "none"] as const;

export function cycleColor(store: Store): void {
  const next = COLORS[((COLORS as readonly string[]).indexOf(store.view.value.color) + 1) % COLORS.length];
  if (next) store.go({ color: next });
}

/** From a cell to the list it stands in; the list itself comes and goes. */
export function toggleRanking(store: Store): void {
  const { cell, ranking } = store.view.value;
  store.go(cell ? { ranking: true, cell: null } : { ranking: !ranking });
}
