/**
 * A person's notes on the atlas on screen, kept in this browser under the atlas's name. Other tabs of it write too: every change is
 * made to what is stored at that moment, so that no tab undoes another's.
 */
import { computed, effect, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { EARLIER, mergeNotes, NotesError, readNotes, writeNotes, type Note } from "../lib/notes";
import { carriesNotes, unpackNotes } from "../lib/notesLink";
import { parsePlace, writePlace } from "../lib/places";
import type { Store } from "./store";

export interface Notes {
  /** The newest first. */
  readonly all: ReadonlySignal<readonly Note[]>;
  /** What a person should know: notes are not kept, were damaged, came with a link. */
  readonly said: Signal<string>;
  readonly open: Signal<boolean>;
  /** The place on screen that a note would be of: the selected cell, else the lasso. */
  readonly here: ReadonlySignal<{ readonly layer: string; readonly place: string } | null>;
  /** Words not yet saved, by layer and place. */
  readonly drafts: Map<string, { text: string; tags: string }>;
  put(note: Note): void;
  remove(id: string): void;
  /** Bring back what was removed last. */
  restore(): void;
  readonly removed: ReadonlySignal<Note | null>;
  /** Take the notes of a file or a link. Throws NotesError. */
  take(content: string, anyAtlas?: boolean): string;
  go(note: Note): void;
  newId(): string;
}

const held = new WeakMap<Store, Notes>();

/** The notes of a page; made when first asked for. */
export function notesOf(store: Store): Notes {
  let notes = held.get(store);
  if (!notes) held.set(store, (notes = createNotes(store)));
  return notes;
}

/** Key of an atlas's notes in the browser's storage. */
export function keyOf(atlas: string): string {
  return `ganatlas-notes:${atlas}`;
}

const NOT_KEPT = "This browser keeps no notes for this page (its storage is off or full). Save them as a file before you close it.";

function createNotes(store: Store): Notes {
  const list = signal<readonly Note[]>([]);
  const said = signal("");
  const open = signal(false);
  const removed = signal<Note | null>(null);
  const name = computed(() => store.atlas.value?.name ?? null);
  /** Notes of a newer program are not written over. */
  let readOnly = false;

  const read = (atlas: string): readonly Note[] => {
    readOnly = false;
    let content: string | null;
    try {
      content = localStorage.getItem(keyOf(atlas));
    } catch {
      return list.peek();
    }
    if (content === null) return [];
    try {
      return readNotes(content).notes;
    } catch (error) {
      readOnly = error instanceof NotesError && error.newer;
      if (readOnly) said.value = "A newer ganatlas has written notes here, which this one cannot read; they stay as they are. New notes last as long as this page.";
      else {
        said.value = "The notes kept in this browser were damaged; they are kept aside, and new ones begin.";
        try {
          localStorage.setItem(`${keyOf(atlas)}:damaged-${Date.now()}`, content);
          localStorage.removeItem(keyOf(atlas));
        } catch {
          readOnly = true;
          said.value = NOT_KEPT;
        }
      }
      return readOnly ? list.peek() : [];
    }
  };
  const change = (how: (now: readonly Note[]) => readonly Note[]): void => {
    const atlas = name.peek();
    if (atlas === null) return;
    const [stored, mine] = [read(atlas), list.peek()];
    // What could not be kept is only here.
    const now = kept ? stored : mine;
    list.value = how(now);
    if (readOnly) return;
    try {
      localStorage.setItem(keyOf(atlas), writeNotes(atlas, list.value));
      kept = true;
    } catch {
      kept = false;
      said.value = NOT_KEPT;
    }
  };
  let kept = true;

  effect(() => {
    const atlas = name.value;
    if (atlas === null) return;
    list.value = read(atlas);
    removed.value = null;
  });
  addEventListener("storage", (event) => {
    const atlas = name.peek();
    if (atlas !== null && event.key === keyOf(atlas)) list.value = read(atlas);
  });

  const take = (content: string, anyAtlas = false): string => {
    const atlas = store.atlas.peek();
    if (!atlas) throw new NotesError("There is no atlas to take the notes to yet.");
    const file = readNotes(content);
    if (file.atlas !== atlas.name && !anyAtlas) throw new NotesError(`These notes are of the atlas "${file.atlas}", and this one is "${atlas.name}".`);
    let result = { added: 0, both: 0 };
    change((now) => {
      const merged = mergeNotes(now, file.notes, newId);
      result = merged;
      return merged.notes;
    });
    const parts = [`${result.added} added`, `${file.notes.length - result.added - result.both} known before`];
    if (result.both > 0) parts.push(`${result.both} differed: both are kept, one tagged "${EARLIER}"`);
    if (file.skipped > 0) parts.push(`${file.skipped} could not be read`);
    return `${parts.join(", ")}.`;
  };

  // A link's notes, taken once its atlas is there; the address is clean from then on.
  const arrive = async (hash: string): Promise<void> => {
    if (!carriesNotes(hash)) return;
    history.replaceState(history.state, "", location.pathname + location.search);
    try {
      const file = await unpackNotes(hash);
      const stop = effect(() => {
        const atlas = store.atlas.value;
        if (!atlas) return;
        queueMicrotask(() => stop());
        try {
          said.value = `Notes came with the link: ${take(writeNotes(file.atlas, file.notes), true)}`;
        } catch (error) {
          said.value = error instanceof Error ? error.message : String(error);
        }
        open.value = true;
      });
    } catch (error) {
      said.value = error instanceof Error ? error.message : String(error);
      open.value = true;
    }
  };
  void arrive(location.hash);
  addEventListener("hashchange", () => void arrive(location.hash));

  return {
    all: computed(() => [...list.value].sort((a, b) => (a.changed < b.changed ? 1 : -1))),
    said,
    open,
    here: computed(() => {
      const { cell, lasso } = store.view.value;
      const layer = store.layer.value?.name;
      if (cell && layer) return { layer, place: writePlace({ cell }) };
      return lasso && { layer: lasso.layer, place: writePlace(lasso.place) };
    }),
    drafts: new Map(),
    put: (note) => change((now) => [...now.filter((other) => other.id !== note.id), note]),
    remove: (id) => {
      removed.value = list.peek().find((note) => note.id === id) ?? null;
      change((now) => now.filter((note) => note.id !== id));
    },
    restore: () => {
      const back = removed.peek();
      removed.value = null;
      if (back) change((now) => [...now.filter((note) => note.id !== back.id), back]);
    },
    removed,
    take,
    go: (note) => {
      const place = parsePlace(note.place);
      if (!place) return;
      if ("cell" in place) store.go({ layer: note.layer, cell: place.cell, lasso: null, grid: store.view.peek().grid === "auto" ? "auto" : place.cell.size });
      else store.go({ layer: note.layer, cell: null, lasso: { layer: note.layer, place } });
    },
    newId,
  };
}

function newId(): string {
  // Not crypto.randomUUID, which is only there on https and localhost.
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
