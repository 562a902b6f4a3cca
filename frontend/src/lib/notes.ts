/**
 * Notes on cells and selections: what they are, the file that carries them, and how two sets of them become one without losing any.
 * Pure; where they are kept is state/notes.ts, how a link carries them lib/notesLink.ts.
 */
import { parsePlace } from "./places";

export const FORMAT = "ganatlas-notes";
export const VERSION = 1;
/** Tag of the version of a note that was changed elsewhere since. */
export const EARLIER = "earlier version";

export interface Note {
  readonly id: string;
  readonly layer: string;
  /** As lib/places.ts writes it: "20:3,4" or "20:outside" (grid, column, row), "cells:20:3-5,2;4,3", or "lasso:x,y;x,y;…". */
  readonly place: string;
  readonly text: string;
  readonly tags: readonly string[];
  /** ISO times. */
  readonly made: string;
  readonly changed: string;
  /** Version of the layer's points when it was written: cells of another build are others. */
  readonly version: string;
}

export interface NotesFile {
  readonly atlas: string;
  readonly notes: readonly Note[];
  /** Entries that are no notes. */
  readonly skipped: number;
}

/** Why a file or a link is not taken, for people to read. */
export class NotesError extends Error {
  constructor(
    message: string,
    readonly newer = false,
  ) {
    super(message);
    this.name = "NotesError";
  }
}

const MOST_TEXT = 10_000;
const MOST_TAGS = 20;

export function writeNotes(atlas: string, notes: readonly Note[]): string {
  return JSON.stringify({ format: FORMAT, version: VERSION, atlas, notes }, null, 1);
}

/** Throws NotesError for what is no file of notes, or of a newer version. */
export function readNotes(text: string): NotesFile {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    throw new NotesError("This is not a file of notes: it is no JSON. Choose one that was saved here, NAME-notes.json.");
  }
  if (!isRecord(found) || found["format"] !== FORMAT || !Array.isArray(found["notes"])) {
    throw new NotesError(`This is not a file of notes: it does not say "format": "${FORMAT}". Choose one that was saved here, NAME-notes.json.`);
  }
  const version = found["version"];
  if (typeof version !== "number" || version > VERSION) throw new NotesError(`These notes are of version ${String(version)}, and this program reads up to ${VERSION}. Open them with a newer ganatlas.`, true);
  const notes = found["notes"].map(noteOf).filter((note) => note !== null);
  return { atlas: String(found["atlas"] ?? ""), notes, skipped: found["notes"].length - notes.length };
}

function noteOf(value: unknown): Note | null {
  if (!isRecord(value)) return null;
  const text = (name: string): string => (typeof value[name] === "string" ? value[name] : "");
  const tags = Array.isArray(value["tags"]) ? tagsOf(value["tags"].filter((tag) => typeof tag === "string").join(",")) : [];
  const note = { id: text("id"), layer: text("layer"), place: text("place"), text: text("text").slice(0, MOST_TEXT), tags, made: text("made"), changed: text("changed"), version: text("version") };
  const says = note.text.trim() !== "" || tags.length > 0;
  return /^[\w-]{1,64}$/.test(note.id) && note.layer !== "" && parsePlace(note.place) && says ? note : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export interface Merged {
  readonly notes: readonly Note[];
  readonly added: number;
  /** Notes that differ from one's own: both are kept. */
  readonly both: number;
}

/**
 * Own notes and those of somebody else together. Of a note that was changed on one side since, the later keeps its place, and the
 * other stays beside it as a note of its own that says so; nothing is lost, and merging again adds nothing.
 */
export function mergeNotes(own: readonly Note[], others: readonly Note[], newId: () => string): Merged {
  const notes = new Map(own.map((note) => [note.id, note]));
  let added = 0;
  let both = 0;
  for (const other of others) {
    const mine = notes.get(other.id);
    if (!mine) {
      notes.set(other.id, other);
      added++;
      continue;
    }
    if (sameWords(mine, other)) continue;
    const [later, earlier] = other.changed > mine.changed ? [other, mine] : [mine, other];
    notes.set(later.id, later);
    if ([...notes.values()].some((note) => note.id !== later.id && sameWords(note, earlier))) continue;
    const id = newId();
    notes.set(id, { ...earlier, id, tags: tagsOf([...earlier.tags, EARLIER].join(",")) });
    both++;
  }
  return { notes: [...notes.values()], added, both };
}

function sameWords(a: Note, b: Note): boolean {
  const words = (note: Note): string => JSON.stringify([note.layer, note.place, note.text, note.tags.filter((tag) => tag !== EARLIER)]);
  return words(a) === words(b);
}

/** "gan, sky" → gan · sky: each once, without blanks around. */
export function tagsOf(text: string): string[] {
  const tags = text.split(",").map((tag) => tag.trim().slice(0, 60));
  return [...new Set(tags.filter((tag) => tag !== ""))].slice(0, MOST_TAGS);
}
