/** Take it along: a link, pictures, and tables of what is on the screen. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { matrices, scaleEnd, type Measure } from "../lib/divergence";
import { formatCount } from "../lib/format";
import { heatmapSvg } from "../lib/heatmapSvg";
import { titleOf } from "../lib/names";
import { wishOf } from "../lib/places";
import { posterCommand } from "../lib/poster";
import { cellRows, memberRows, toCsv, type Row } from "../lib/tables";
import type { SampleView } from "../api/types";
import { notesOf } from "../state/notes";
import type { Store } from "../state/store";
import { useStore } from "./context";
import { Dialog } from "./Dialog";
import { pictureOfView } from "./picture";
import { save } from "./save";
import "./SaveDialog.css";

const PAGE = 500;

export function SaveDialog() {
  const store = useStore();
  const [said, say] = useState("");
  const [busy, setBusy] = useState(false);
  if (!store.save.value) return null;
  const close = (): void => void (store.save.value = false);
  const name = [store.atlas.value?.name, store.layer.value?.name, store.size.value].join("-");
  const run = (what: string, work: () => Promise<void> | void) => async (): Promise<void> => {
    setBusy(true);
    say("");
    try {
      await work();
      say(what);
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
    setBusy(false);
  };
  const [atlas, pair] = [store.atlas.value, store.pair.value];
  const report = atlas && pair && atlas.divergence_version ? `${store.root}a/${encodeURIComponent(atlas.name)}/report?pair=${encodeURIComponent(pair.join("~"))}` : null;
  const poster = posterOf(store);
  const of = store.selected.value;
  const table = store.table.value;
  const tableFor = (rows: () => Promise<Row[]> | Row[], file: string, kind: "csv" | "json") =>
    run(`Saved ${file}.${kind}`, async () => {
      const found = await rows();
      save(new Blob([kind === "csv" ? toCsv(found) : JSON.stringify(found, null, 1)], { type: kind === "csv" ? "text/csv" : "application/json" }), `${file}.${kind}`);
    });
  const cells = (): Row[] => (table ? cellRows(table, store.atlas.value?.classes ?? []) : []);
  const members = async (): Promise<Row[]> => memberRows(of?.layer ?? "", await allMembers(store, (n) => say(`${formatCount(n)} members …`)));
  return (
    <Dialog title="Take it along" onClose={close}>
      <ul class="save">
        <Item title="A link to this view" note="Everything on the screen is in the address.">
          <button
            type="button"
            class="button"
            disabled={busy}
            onClick={() => void run("Link copied", () => copy(location.href, "copy the page's address"))()}
          >
            Copy
          </button>
        </Item>
        <Item title="The map as it is" note="At twice the resolution of the window, with its scale.">
          <button type="button" class="button" disabled={busy} onClick={() => void run(`Saved ${name}.png`, async () => save(await pictureOfView(store), `${name}.png`))()}>
            PNG
          </button>
        </Item>
        <Item title="The heat maps" note="Layers × grids of every pair, with the numbers.">
          {(["js", "kl"] as const).flatMap((measure) =>
            (["svg", "png"] as const).map((kind) => (
              <button
                key={measure + kind}
                type="button"
                class="button"
                disabled={busy || !store.divergence.state.value.data}
                onClick={() => void run(`Saved the heat maps (${measure.toUpperCase()})`, () => saveHeatmaps(store, measure, kind))()}
              >
                {measure.toUpperCase()} {kind.toUpperCase()}
              </button>
            )),
          )}
        </Item>
        {poster !== null && (
          <Item title="A poster of this layer" note="In full, for print; it is drawn where the atlas lies, by:" code={poster}>
            <button type="button" class="button" disabled={busy} onClick={() => void run("Command copied", () => copy(poster, "select the command"))()}>
              Copy
            </button>
          </Item>
        )}
        <Item title="A report on one page" note="Heat maps, metrics and the ten most telling cells of this pair, to print or save as PDF.">
          {report === null ? (
            <button type="button" class="button" disabled>
              Open
            </button>
          ) : (
            <a class="button" href={report} target="_blank" rel="noopener">
              Open
            </a>
          )}
        </Item>
        <Item title="Your notes" note="As a file or a link.">
          <button
            type="button"
            class="button"
            onClick={() => {
              close();
              notesOf(store).open.value = true;
            }}
          >
            Notes
          </button>
        </Item>
        <Item title={`The cells of this grid${table ? ` (${formatCount(table.column.length)})` : ""}`} note="Counts, shares, effect, contribution and q of each.">
          {(["csv", "json"] as const).map((kind) => (
            <button key={kind} type="button" class="button" disabled={busy || !table} onClick={() => void tableFor(cells, `${name}-cells`, kind)()}>
              {kind.toUpperCase()}
            </button>
          ))}
        </Item>
        <Item title={of ? `The members of ${"cell" in of.place ? "the cell" : "cells" in of.place ? "the cells" : "the lasso"}` : "The members of a cell or a lasso"} note={of ? "Every sample: image, labels, place, nearness." : "Select a cell or draw a lasso first."}>
          {(["csv", "json"] as const).map((kind) => (
            <button key={kind} type="button" class="button" disabled={busy || !of} onClick={() => void tableFor(members, `${store.atlas.value?.name}-${of?.layer}-members`, kind)()}>
              {kind.toUpperCase()}
            </button>
          ))}
        </Item>
      </ul>
      <p class="note" role="status">
        {said}
      </p>
    </Dialog>
  );
}

async function copy(text: string, otherwise: string): Promise<void> {
  if (!navigator.clipboard) throw new Error(`No clipboard here: ${otherwise}.`);
  await navigator.clipboard.writeText(text);
}

/** What draws the layer on screen as a poster. */
function posterOf(store: Store): string | null {
  const [atlas, layer, view] = [store.atlas.value, store.layer.value, store.view.value];
  if (!atlas || !layer) return null;
  return posterCommand({ atlas: atlas.name, layer: layer.name, grid: store.size.value, pair: store.pair.value, icons: view.icons, color: view.color, dataset: store.densityOf.value, opacity: view.opacity });
}

function Item({ title, note, code, children }: { title: string; note: string; code?: string; children: ComponentChildren }) {
  return (
    <li role="group" aria-label={title}>
      <div>
        <h3>{title}</h3>
        <p class="faint">{note}</p>
        {code && <code>{code}</code>}
      </div>
      <div class="save-ways">{children}</div>
    </li>
  );
}

/** Every member of the cell or lasso, page after page. */
async function allMembers(store: Store, progress: (count: number) => void): Promise<SampleView[]> {
  const [of, atlas] = [store.selected.value, store.atlas.value];
  if (!of || !atlas) return [];
  const { signal } = new AbortController();
  const found: SampleView[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: SampleView[]; next_cursor: string | null } = await store.source.selection(atlas.name, of.layer, { ...wishOf(of.place), order: "nearest", limit: PAGE, cursor }, signal);
    found.push(...page.items);
    cursor = page.next_cursor;
    progress(found.length);
  } while (cursor !== null);
  return found;
}

async function saveHeatmaps(store: Store, measure: Measure, kind: "svg" | "png"): Promise<void> {
  const [data, atlas] = [store.divergence.state.value.data, store.atlas.value];
  if (!data || !atlas) return;
  const { range, measure: shown } = store.view.value;
  const tables = matrices(data, atlas.layers.map((l) => l.name));
  const svg = heatmapSvg(tables, {
    title: atlas.title,
    measure,
    range: (measure === shown && range) || [0, scaleEnd(data, measure)],
    ramp: store.sequential.value,
    dark: store.theme.value === "dark",
    titleOf: (name) => titleOf(atlas, name),
  });
  const blob = new Blob([svg], { type: "image/svg+xml" });
  const file = `${atlas.name}-${measure}`;
  if (kind === "svg") save(blob, `${file}.svg`);
  else save(await rasterise(blob), `${file}.png`);
}

async function rasterise(svg: Blob): Promise<Blob> {
  const url = URL.createObjectURL(svg);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth * 2;
    canvas.height = image.naturalHeight * 2;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise<Blob>((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The picture could not be written."))), "image/png"));
  } finally {
    URL.revokeObjectURL(url);
  }
}
