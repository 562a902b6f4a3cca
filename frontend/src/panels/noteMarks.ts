/** Small marks on the map where there are notes: one a place, as outlines that follow the map. */
import { effect } from "@preact/signals";
import { boundsOf, parsePlace } from "../lib/places";
import type { MapView } from "../map/MapView";
import { notesOf } from "../state/notes";
import type { Store } from "../state/store";

/** @returns how to stop. */
export function markNotes(store: Store, map: MapView): () => void {
  const notes = notesOf(store);
  let before = 0;
  return effect(() => {
    const layer = store.layer.value?.name;
    const places = new Set(notes.all.value.filter((note) => note.layer === layer).map((note) => note.place));
    const squares = [...places].flatMap((place) => {
      const found = parsePlace(place);
      return (found && boundsOf(found)) ?? [];
    });
    squares.forEach((square, i) => map.setOutline(`note-${i}`, square));
    for (let i = squares.length; i < before; i++) map.setOutline(`note-${i}`, null);
    before = squares.length;
  });
}
