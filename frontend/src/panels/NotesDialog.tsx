/** All notes on the atlas: filtered by tag, each a way to its place; saved as a file or a link, and loaded. */
import { useState } from "preact/hooks";
import { plural } from "../lib/format";
import { NotesError, writeNotes, type Note } from "../lib/notes";
import { packNotes } from "../lib/notesLink";
import { namePlace, parsePlace } from "../lib/places";
import { notesOf } from "../state/notes";
import { useStore } from "./context";
import { Dialog } from "./Dialog";
import { Tags } from "./PlaceNotes";
import { save } from "./save";
import "./Notes.css";

export function NotesDialog() {
  const store = useStore();
  const notes = notesOf(store);
  const [tag, setTag] = useState("");
  const [other, setOther] = useState<string | null>(null);
  const atlas = store.atlas.value;
  if (!notes.open.value || !atlas) return null;
  const all = notes.all.value;
  const tags = [...new Set(all.flatMap((note) => note.tags))].sort();
  const wanted = tags.includes(tag) ? tag : "";
  const shown = wanted === "" ? all : all.filter((note) => note.tags.includes(wanted));
  const run = async (work: () => Promise<string> | string): Promise<void> => {
    try {
      notes.said.value = await work();
    } catch (error) {
      notes.said.value = error instanceof Error ? error.message : String(error);
    }
  };
  const load = (content: string, any: boolean): void =>
    void run(() => {
      setOther(null);
      try {
        return notes.take(content, any);
      } catch (error) {
        // Notes of an atlas of another name may still be meant: the folder was renamed.
        if (error instanceof NotesError && error.message.startsWith("These notes are of the atlas")) setOther(content);
        throw error;
      }
    });
  const copy = async (): Promise<string> => {
    const link = location.href.replace(/#.*/, "") + (await packNotes(atlas.name, shown));
    if (!navigator.clipboard) throw new NotesError("No clipboard here: save the notes as a file.");
    await navigator.clipboard.writeText(link);
    return `Copied a link to this view with ${plural(shown.length, "note")}.`;
  };
  return (
    <Dialog
      title="Notes"
      onClose={() => {
        notes.open.value = false;
        notes.said.value = "";
      }}
    >
      <p class="note">Kept in this browser only, under the name of the atlas.</p>
      {tags.length > 0 && (
        <div class="note-tags segments small" role="group" aria-label="Tag">
          {["", ...tags].map((each) => (
            <button key={each} type="button" aria-pressed={wanted === each} onClick={() => setTag(each)}>
              {each === "" ? "all" : each}
            </button>
          ))}
        </div>
      )}
      <ul class="note-list">
        {shown.map((note) => {
          const there = atlas.layers.some((layer) => layer.name === note.layer);
          return (
            <li key={note.id}>
              <button
                type="button"
                disabled={!there}
                onClick={() => {
                  notes.open.value = false;
                  notes.go(note);
                }}
              >
                <span class="note-text">{note.text}</span>
                <span class="faint">
                  {note.layer} · {whereOf(note)}
                  {!there && " · this atlas has no such layer"}
                </span>
              </button>
              <Tags note={note} />
              <button type="button" class="button small quiet" aria-label={`Remove the note on ${note.layer}, ${whereOf(note)}`} onClick={() => notes.remove(note.id)}>
                Remove
              </button>
            </li>
          );
        })}
        {all.length === 0 && <li class="empty">No notes yet: select a cell or draw a lasso, then “Add a note” ( j ).</li>}
      </ul>
      <div class="note-ways">
        <button type="button" class="button" disabled={shown.length === 0} onClick={() => save(new Blob([writeNotes(atlas.name, shown)], { type: "application/json" }), `${atlas.name}-notes.json`)}>
          Save as a file
        </button>
        <button type="button" class="button" disabled={shown.length === 0} onClick={() => void run(copy)}>
          Copy a link with them
        </button>
        <label class="button">
          Load a file
          <input
            type="file"
            accept=".json,application/json"
            class="hidden"
            onChange={(event) => {
              const [file] = event.currentTarget.files ?? [];
              event.currentTarget.value = "";
              if (file) void file.text().then((content) => load(content, false));
            }}
          />
        </label>
        {notes.removed.value && (
          <button type="button" class="button" onClick={() => notes.restore()}>
            Undo the removal
          </button>
        )}
      </div>
      <p class="note-said" role="status">
        {notes.said.value}{" "}
        {other !== null && (
          <button type="button" class="button small" onClick={() => load(other, true)}>
            Take them all the same
          </button>
        )}
      </p>
    </Dialog>
  );
}

/** Where a note is, in words. */
function whereOf(note: Note): string {
  const place = parsePlace(note.place);
  return place ? namePlace(place) : "";
}
