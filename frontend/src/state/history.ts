/** Mirrors the view in the address bar: steps can be gone back, panning and sliders only change the current entry. */
import { effect, type Signal } from "@preact/signals";
import { parseView, writeView } from "./link";
import { isStep, type View } from "./view";

const QUIET_MS = 150;

export function mirrorInUrl(view: Signal<View>, page: Window = window): () => void {
  let written = view.peek();
  let timer = 0;
  let pending: View | null = null;

  const address = (value: View): string => {
    const query = writeView(value);
    return page.location.pathname + (query ? `?${query}` : "");
  };
  const settle = (value: View): void => {
    clearTimeout(timer);
    timer = 0;
    written = value;
    page.history.replaceState(null, "", address(value));
  };
  const stop = effect(() => {
    const value = view.value;
    if (value === written) return;
    if (isStep(written, value)) {
      // A pan not yet written belongs to the entry that is left, or "back" would forget it.
      if (timer) settle({ ...written, at: pending?.at ?? null });
      written = value;
      page.history.pushState(null, "", address(value));
    } else {
      // Browsers limit how often an entry may be replaced, and a drag would do it every frame.
      pending = value;
      clearTimeout(timer);
      timer = page.setTimeout(() => settle(view.peek()), QUIET_MS);
    }
  });
  const back = (): void => {
    clearTimeout(timer);
    timer = 0;
    written = parseView(page.location.search);
    view.value = written;
  };
  page.addEventListener("popstate", back);
  settle(written);
  return () => {
    stop();
    page.removeEventListener("popstate", back);
  };
}
