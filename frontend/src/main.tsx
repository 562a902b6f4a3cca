/** Starts the viewer: what the page brought, the store, the address bar, and the first paint. */
import "./styles/tokens.css";
import "./styles/base.css";
import { effect, signal } from "@preact/signals";
import { render } from "preact";
import { RestSource } from "./api/rest";
import type { Theme } from "./lib/color";
import { App } from "./panels/App";
import { watchChoosing } from "./state/choosing";
import { followAtlas, type PageData } from "./state/follow";
import { mirrorInUrl } from "./state/history";
import { parseView } from "./state/link";
import { notesOf } from "./state/notes";
import { createStore } from "./state/store";
import { settleTrace } from "./state/tracing";

const root = document.getElementById("app");
if (!root) throw new Error("The page has no element with the id app.");

const data = document.getElementById("ganatlas-data")?.textContent?.trim();
const page = data ? (JSON.parse(data) as PageData) : null;
const base = page?.root ?? "./";

const view = signal(parseView(location.search));
const theme = signal<Theme>(startingTheme());
const store = createStore(new RestSource(base), base, view, theme);

effect(() => {
  document.documentElement.dataset["theme"] = theme.value;
});
let first = true;
theme.subscribe((value) => {
  // What the system says is not a choice of the person's until they made one.
  if (!first) remember(value);
  first = false;
});
// Before the address is written: it may carry notes.
notesOf(store);
followAtlas(store, page);
settleTrace(store);
watchChoosing(store);
mirrorInUrl(view);
effect(() => {
  document.title = store.atlas.value ? `${store.atlas.value.title} · ganatlas` : "ganatlas";
});
render(<App store={store} />, root);

function system(): Theme {
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

function startingTheme(): Theme {
  try {
    const kept = localStorage.getItem("ganatlas-theme");
    if (kept === "dark" || kept === "light") return kept;
  } catch {
    // Storage may be forbidden, as in a sandboxed frame.
  }
  return system();
}

function remember(value: Theme): void {
  try {
    localStorage.setItem("ganatlas-theme", value);
  } catch {
    // As above: the choice then lasts as long as the page.
  }
}
