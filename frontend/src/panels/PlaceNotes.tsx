/** The notes on the cell or lasso on screen, and the form for a new one. */
import { useEffect, useRef, useState } from "preact/hooks";
import { tagsOf, type Note } from "../lib/notes";
import { notesOf } from "../state/notes";
import { useStore } from "./context";
import "./Notes.css";

export function PlaceNotes() {
  const store = useStore();
  const notes = notesOf(store);
  const here = notes.here.value;
  const [edited, edit] = useState<string | null>(null);
  if (!here) return null;
  const mine = notes.all.value.filter((note) => note.layer === here.layer && note.place === here.place);
  const key = `${here.layer}/${here.place}`;
  const writing = edited === key || notes.drafts.has(key);
  return (
    <section class="place-notes" aria-label="Notes">
      {mine.map((note) => (edited === note.id ? <Form key={note.id} of={note} onDone={() => edit(null)} /> : <Shown key={note.id} note={note} onEdit={() => edit(note.id)} />))}
      {writing ? (
        <Form key={key} of={{ ...here }} onDone={() => edit(null)} />
      ) : (
        <button type="button" class="button small note-add" title="Write a note on this (j)" onClick={() => edit(key)}>
          Add a note
        </button>
      )}
    </section>
  );
}

function Shown({ note, onEdit }: { note: Note; onEdit: () => void }) {
  const store = useStore();
  const notes = notesOf(store);
  const version = store.atlas.value?.layers.find((layer) => layer.name === note.layer)?.points_version;
  return (
    <article class="note-shown">
      <p>{note.text}</p>
      <footer>
        <Tags note={note} />
        {version !== undefined && note.version !== version && <span class="note">written on an earlier build of this atlas</span>}
        <button type="button" class="button small quiet" onClick={onEdit}>
          Change
        </button>
        <button type="button" class="button small quiet" onClick={() => notes.remove(note.id)}>
          Remove
        </button>
      </footer>
    </article>
  );
}

export function Tags({ note }: { note: Note }) {
  return (
    <>
      {note.tags.map((tag) => (
        <span key={tag} class="tag">
          {tag}
        </span>
      ))}
    </>
  );
}

/** A new note of a place, or a known one. What is typed stays while one looks elsewhere. */
function Form({ of, onDone }: { of: Note | { layer: string; place: string }; onDone: () => void }) {
  const store = useStore();
  const notes = notesOf(store);
  const known = "id" in of ? of : null;
  const key = known ? known.id : `${of.layer}/${of.place}`;
  const start = notes.drafts.get(key) ?? { text: known?.text ?? "", tags: known?.tags.join(", ") ?? "" };
  const [text, setText] = useState(start.text);
  const [tags, setTags] = useState(start.tags);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (start.text === "" || known) field.current?.focus();
  }, []);
  const keep = (draft: { text: string; tags: string }): void => {
    setText(draft.text);
    setTags(draft.tags);
    notes.drafts.set(key, draft);
  };
  const done = (): void => {
    notes.drafts.delete(key);
    onDone();
  };
  const says = text.trim() !== "" || tagsOf(tags).length > 0;
  const save = (): void => {
    if (!says) return;
    const now = new Date().toISOString();
    const version = store.atlas.value?.layers.find((layer) => layer.name === of.layer)?.points_version ?? "";
    notes.put({ id: known?.id ?? notes.newId(), layer: of.layer, place: of.place, text: text.trim(), tags: tagsOf(tags), made: known?.made ?? now, changed: now, version });
    done();
  };
  return (
    <form
      class="note-form"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
      onKeyDown={(event) => {
        // Escape would close the drawer, and the words with it.
        if (event.key === "Escape") {
          event.preventDefault();
          if (!says || known) done();
        }
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save();
      }}
    >
      <textarea aria-label="Note" rows={3} maxLength={10_000} placeholder="What is it?" value={text} ref={field} onInput={(event) => keep({ text: event.currentTarget.value, tags })} />
      <div class="note-form-foot">
        <input type="text" aria-label="Tags" placeholder="tags, with commas" list="known-tags" value={tags} onInput={(event) => keep({ text, tags: event.currentTarget.value })} />
        <datalist id="known-tags">
          {[...new Set(notes.all.value.flatMap((note) => note.tags))].map((tag) => (
            <option key={tag} value={tag} />
          ))}
        </datalist>
        <button type="submit" class="button small" disabled={!says} title="Ctrl + Enter">
          Save
        </button>
        <button type="button" class="button small quiet" onClick={done}>
          Cancel
        </button>
      </div>
    </form>
  );
}
