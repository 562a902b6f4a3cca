/**
 * Reads the one Arrow IPC stream that the server sends: a schema, then one uncompressed record batch of flat columns without
 * nulls. A whole Arrow library would weigh more than the rest of the viewer.
 * Source: Apache Arrow columnar format 1.5, "Encapsulated message format"; FlatBuffers' binary format.
 */

const CONTINUATION = 0xffffffff;
const RECORD_BATCH = 3;

/** The data buffers of the batch's columns in the schema's order, without their validity bitmaps; and the number of rows. */
export function readBatch(bytes: ArrayBuffer): { length: number; columns: ArrayBuffer[] } {
  const view = new DataView(bytes);
  let at = 0;
  while (at + 8 <= bytes.byteLength) {
    if (view.getUint32(at, true) !== CONTINUATION) throw new Error("This is no Arrow stream.");
    const size = view.getInt32(at + 4, true);
    if (size === 0) break;
    const message = table(view, at + 8 + view.getUint32(at + 8, true));
    const body = at + 8 + size;
    if (message.byte(1) === RECORD_BATCH) return batch(view, message.child(2), body);
    at = body + message.long(3);
  }
  throw new Error("The Arrow stream has no batch.");
}

interface Table {
  byte(field: number): number;
  long(field: number): number;
  child(field: number): Table;
  /** Where the structs of a vector begin, and how many there are. */
  vector(field: number): { start: number; length: number };
}

function table(view: DataView, at: number): Table {
  const vtable = at - view.getInt32(at, true);
  const place = (field: number): number => {
    const slot = 4 + 2 * field;
    const offset = slot < view.getUint16(vtable, true) ? view.getUint16(vtable + slot, true) : 0;
    return offset === 0 ? 0 : at + offset;
  };
  const follow = (field: number): number => place(field) + view.getUint32(place(field), true);
  return {
    byte: (field) => (place(field) ? view.getUint8(place(field)) : 0),
    long: (field) => (place(field) ? Number(view.getBigInt64(place(field), true)) : 0),
    child: (field) => table(view, follow(field)),
    vector: (field) => ({ start: follow(field) + 4, length: view.getUint32(follow(field), true) }),
  };
}

function batch(view: DataView, record: Table, body: number): { length: number; columns: ArrayBuffer[] } {
  const buffers = record.vector(2);
  const columns: ArrayBuffer[] = [];
  // Two buffers a column: the bitmap of its nulls, of which there are none, and its values. 16 bytes say where each is.
  for (let i = 1; i < buffers.length; i += 2) {
    const offset = Number(view.getBigInt64(buffers.start + 16 * i, true));
    const length = Number(view.getBigInt64(buffers.start + 16 * i + 8, true));
    columns.push((view.buffer as ArrayBuffer).slice(body + offset, body + offset + length));
  }
  return { length: record.long(0), columns };
}
