import { describe, expect, it } from "vitest";
import { EARLIER, mergeNotes, NotesError, readNotes, tagsOf, VERSION, writeNotes, type Note } from "./notes";
import { carriesNotes, LONGEST_LINK, packNotes, unpackNotes } from "./notesLink";

const note = (id: string, patch: Partial<Note> = {}): Note => ({
  id,
  layer: "late",
  place: "20:3,4",
  text: `text of ${id} ‖ 日本`,
  tags: ["gan"],
  made: "2026-01-01T00:00:00.000Z",
  changed: "2026-01-01T00:00:00.000Z",
  version: "v1",
  ...patch,
});
const ids = (): (() => string) => {
  let n = 0;
  return () => `new-${n++}`;
};

describe("a file of notes", () => {
  it("is read back as it was written", () => {
    const notes = [note("a"), note("b", { place: "20:outside" }), note("c", { place: "lasso:0.1,0.1;0.5,0.1;0.3,0.6" })];
    expect(readNotes(writeNotes("scenes", notes))).toEqual({ atlas: "scenes", notes, skipped: 0 });
  });

  it.each([
    ["{", "no JSON"],
    ["[]", "not a file of notes"],
    ['{"format":"other","version":1,"notes":[]}', "not a file of notes"],
    [JSON.stringify({ format: "ganatlas-notes", version: VERSION + 1, notes: [] }), "newer ganatlas"],
  ])("that is none is refused with a reason: %s", (text, reason) => {
    expect(() => readNotes(text)).toThrow(NotesError);
    expect(() => readNotes(text)).toThrow(reason);
  });

  it("loses only entries that are no notes, and counts them", () => {
    const text = JSON.stringify({ format: "ganatlas-notes", version: 1, atlas: "x", notes: [note("a"), null, { id: "b" }, { ...note("c"), place: "20:99,0" }, { ...note("d"), id: "<b>" }] });
    const file = readNotes(text);
    expect(file.notes.map((n) => n.id)).toEqual(["a"]);
    expect(file.skipped).toBe(4);
  });
});

describe("merging notes", () => {
  it("adds what is new and keeps what is there", () => {
    const merged = mergeNotes([note("a")], [note("a"), note("b")], ids());
    expect(merged.notes.map((n) => n.id)).toEqual(["a", "b"]);
    expect([merged.added, merged.both]).toEqual([1, 0]);
  });

  it("keeps both versions of a note that differs, the later in its place", () => {
    const mine = note("a", { text: "mine" });
    const later = note("a", { text: "theirs", changed: "2026-02-01T00:00:00.000Z" });
    for (const [own, other] of [[mine, later], [later, mine]] as const) {
      const merged = mergeNotes([own], [other], ids());
      expect(merged.notes.find((n) => n.id === "a")?.text).toBe("theirs");
      const aside = merged.notes.find((n) => n.id !== "a");
      expect([aside?.text, aside?.tags]).toEqual(["mine", ["gan", EARLIER]]);
      expect(merged.both).toBe(1);
      // Again, nothing more comes of it.
      expect(mergeNotes(merged.notes, [other, own], ids()).notes).toEqual(merged.notes);
    }
  });
});

describe("notes in a link", () => {
  it("come out as they went in", async () => {
    const notes = [note("a"), note("b")];
    const hash = await packNotes("scenes", notes);
    expect(carriesNotes(hash)).toBe(true);
    expect(hash).toMatch(/^#notes=[\w-]+$/);
    expect((await unpackNotes(hash)).notes).toEqual(notes);
  });

  it("are refused where they are too many for a link", async () => {
    let seed = 1;
    const noise = (): string => Array.from({ length: 300 }, () => String.fromCharCode(33 + ((seed = (seed * 48271) % 2147483647) % 90))).join("");
    const many = Array.from({ length: 40 }, (_, i) => note(`n${i}`, { text: noise() }));
    await expect(packNotes("scenes", many)).rejects.toThrow(String(LONGEST_LINK));
  });

  it("are refused where the link was cut", async () => {
    const hash = await packNotes("scenes", [note("a")]);
    await expect(unpackNotes(hash.slice(0, -9))).rejects.toThrow("cut or changed");
    await expect(unpackNotes("#notes=%%%")).rejects.toThrow("cut or changed");
  });
});

it("tags are told once each", () => expect(tagsOf(" gan, ,sky,gan ")).toEqual(["gan", "sky"]));
