/** Notes in a link: the file of notes, compressed, behind the address's #. A server never sees it. */
import { NotesError, readNotes, writeNotes, type Note, type NotesFile } from "./notes";

const MARK = "#notes=";
/** Characters: longer addresses are cut by mail and chat programs. */
export const LONGEST_LINK = 6000;
/** Characters of a link's notes once unpacked, so that a link cannot fill the memory. */
const MOST = 2_000_000;

/** What comes behind the address. Throws NotesError where the notes are too many for a link. */
export async function packNotes(atlas: string, notes: readonly Note[]): Promise<string> {
  const packed = await through(new Blob([writeNotes(atlas, notes)]), new CompressionStream("deflate-raw"));
  const text = MARK + btoa(String.fromCharCode(...packed)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  if (text.length > LONGEST_LINK) {
    throw new NotesError(`These notes make a link of ${text.length} characters, and many programs cut it beyond ${LONGEST_LINK}. Save them as a file and send that.`);
  }
  return text;
}

export function carriesNotes(hash: string): boolean {
  return hash.startsWith(MARK);
}

/** The notes of a link. Throws NotesError where it was cut or changed. */
export async function unpackNotes(hash: string): Promise<NotesFile> {
  let text: string;
  try {
    const bytes = Uint8Array.from(atob(hash.slice(MARK.length).replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
    text = new TextDecoder("utf-8", { fatal: true }).decode(await through(new Blob([bytes]), new DecompressionStream("deflate-raw")));
  } catch {
    throw new NotesError("The notes in this link cannot be read: it was cut or changed on its way. Ask for the notes as a file.");
  }
  return readNotes(text);
}

async function through(blob: Blob, stream: CompressionStream | DecompressionStream): Promise<Uint8Array> {
  const reader = blob.stream().pipeThrough(stream as unknown as ReadableWritablePair<Uint8Array, Uint8Array>).getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
    if (length > MOST) throw new NotesError("too long");
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
