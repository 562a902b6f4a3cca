/**
 * Keeps the atlas in the store true to the server: takes what the page brought, follows an atlas that is being built, and comes
 * back when the server does.
 */
import { effect } from "@preact/signals";
import { ApiError, NetworkError } from "../api/errors";
import type { AtlasSummary, AtlasView } from "../api/types";
import type { Store } from "./store";

/** What the page brings inlined, so that the first paint waits for no request (the server's PageData). */
export interface PageData {
  readonly root: string;
  readonly atlas: AtlasView | null;
  readonly atlases: readonly AtlasSummary[];
  readonly program: string;
}

const BUILDING_MS = 3000;
const RETRY_MS = 3000;
const GONE_MS = 10000;
const DAMAGED_MS = 5000;

/** @returns how to stop. */
export function followAtlas(store: Store, page: PageData | null): () => void {
  const abort = new AbortController();
  /** The server said that it cannot show the atlas, or a part of it, now. */
  let troubled = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let name: string | null = page?.atlas?.name ?? null;

  const later = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void look(), ms);
  };

  const look = async (): Promise<void> => {
    try {
      // A page without data (in development) shows the first atlas that there is.
      name ??= (await store.source.atlases(abort.signal)).atlases[0]?.name ?? null;
      if (name === null) throw new ApiError(404, "empty", "This server has no atlas yet. It will be here as soon as its first layer is done.");
      take(await store.source.atlas(name, abort.signal));
    } catch (error) {
      if (!abort.signal.aborted) refuse(error as Error);
    }
  };

  const take = (answer: AtlasView): void => {
    if (abort.signal.aborted) return;
    const back = troubled || store.gone.peek();
    troubled = false;
    store.failure.value = null;
    store.offline.value = false;
    store.gone.value = false;
    const now = store.atlas.peek();
    // The same atlas again must not make everything that hangs on it run again.
    if (!now || now.digest !== answer.digest || now.status !== answer.status || JSON.stringify(now.progress) !== JSON.stringify(answer.progress)) {
      store.iconsFailed.value = false;
      store.atlas.value = answer;
      // Layers that a build adds later must not move a person from the one that is shown.
      if (!now && store.view.peek().layer === null && store.layer.peek()) store.go({ layer: store.layer.peek()?.name ?? null });
    }
    // What was refused while the atlas was away or damaged may be there again.
    if (back) for (const asked of [store.cells, store.detail, store.divergence]) if (asked.state.peek().error) asked.reload();
    if (answer.status === "building") later(BUILDING_MS);
  };

  const refuse = (error: Error): void => {
    const shown = store.atlas.peek() !== null;
    if (error instanceof NetworkError) {
      if (shown) store.offline.value = true;
      else store.failure.value = error;
      later(RETRY_MS);
    } else if (shown) {
      troubled = true;
      store.gone.value = error instanceof ApiError && error.status === 404;
      later(GONE_MS);
    } else {
      store.failure.value = error;
      if (error instanceof ApiError && error.code === "empty") later(RETRY_MS);
    }
  };

  store.atlases.value = page?.atlases ?? [];
  if (page?.atlas) take(page.atlas);
  else void look();

  // A version that the server no longer has means that the atlas changed under the page; a server that was away may have changed.
  const stale = effect(() => {
    const error = store.cells.state.value.error ?? store.detail.state.value.error;
    if (!(error instanceof ApiError)) return;
    if (error.status === 404) later(500);
    if (error.status === 503) {
      troubled = true;
      later(DAMAGED_MS);
    }
  });
  // Cells of another version than the atlas names: it was built anew. And whoever comes back to the page wants it as it is now.
  const anew = effect(() => {
    const [table, grid, layer] = [store.table.value, store.grid.value, store.layer.value];
    if (table && grid && table.size === grid.size && table.layer === layer?.name && table.version !== grid.version) later(0);
  });
  const returned = (): void => {
    if (!document.hidden) later(0);
  };
  document.addEventListener("visibilitychange", returned);
  let away = false;
  const back = effect(() => {
    if (away && !store.offline.value) later(0);
    away = store.offline.value;
  });
  return () => {
    abort.abort();
    clearTimeout(timer);
    stale();
    anew();
    document.removeEventListener("visibilitychange", returned);
    back();
  };
}
