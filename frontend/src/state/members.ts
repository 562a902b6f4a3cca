/** The members of a cell or a selection that are of one dataset, page after page: what a column of examples shows, and the lightbox goes through. */
import { signal, type ReadonlySignal } from "@preact/signals";
import type { SampleView } from "../api/types";

export interface Page {
  readonly items: readonly SampleView[];
  readonly next_cursor: string | null;
}

export type AskPage = (dataset: string, cursor: string | null, signal: AbortSignal) => Promise<Page>;

export interface Pages {
  readonly items: readonly SampleView[];
  readonly state: "loading" | "ready" | "done" | "failed";
}

export interface Members {
  readonly dataset: string;
  readonly layer: string;
  readonly total: number;
  readonly pages: ReadonlySignal<Pages>;
  /** Ask for the next page, where there is one; after a failure, again. Settled when the page that is on its way is there. */
  more(): Promise<void>;
  stop(): void;
}

export function membersOf(dataset: string, layer: string, total: number, ask: AskPage): Members {
  const pages = signal<Pages>({ items: [], state: total > 0 ? "ready" : "done" });
  const abort = new AbortController();
  let cursor: string | null = null;
  let coming: Promise<void> = Promise.resolve();
  const turn = async (before: Pages): Promise<void> => {
    pages.value = { ...before, state: "loading" };
    try {
      const page = await ask(dataset, cursor, abort.signal);
      cursor = page.next_cursor;
      pages.value = { items: [...before.items, ...page.items], state: cursor === null ? "done" : "ready" };
    } catch {
      if (!abort.signal.aborted) pages.value = { ...before, state: "failed" };
    }
  };
  return {
    dataset,
    layer,
    total,
    pages,
    more() {
      const before = pages.peek();
      if (before.state !== "loading" && before.state !== "done") coming = turn(before);
      return coming;
    },
    stop: () => abort.abort(),
  };
}
