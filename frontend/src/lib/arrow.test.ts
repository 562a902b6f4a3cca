import { describe, expect, it } from "vitest";
import { readBatch } from "./arrow";

/** Written by pyarrow with the schema of the server's points: row uint32, x and y float32, dataset uint8, top int32; three rows. */
const STREAM =
  "/////zgBAAAQAAAAAAAKAAwABgAFAAgACgAAAAABBAAMAAAACAAIAAAABAAIAAAABAAAAAUAAADYAAAAmAAAAGwAAAA8AAAABAAAAEz///8AAAECEAAAABwA" +
  "AAAEAAAAAAAAAAMAAAB0b3AACAAMAAgABwAIAAAAAAAAASAAAACA////AAABAhAAAAAYAAAABAAAAAAAAAAHAAAAZGF0YXNldABy////CAAAAKz///8AAAED" +
  "EAAAABQAAAAEAAAAAAAAAAEAAAB5AAAA2v///wAAAQDU////AAABAxAAAAAYAAAABAAAAAAAAAABAAAAeAAGAAgABgAGAAAAAAABABAAFAAIAAYABwAMAAAA" +
  "EAAQAAAAAAABAhAAAAAcAAAABAAAAAAAAAADAAAAcm93AAAABgAIAAQABgAAACAAAAD/////SAEAABQAAAAAAAAADAAWAAYABQAIAAwADAAAAAADBAAYAAAA" +
  "SAAAAAAAAAAAAAoAGAAMAAQACAAKAAAAvAAAABAAAAADAAAAAAAAAAAAAAAKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAADAAAAAAAAAAQAAAAAAAAAAAA" +
  "AAAAAAAAEAAAAAAAAAAMAAAAAAAAACAAAAAAAAAAAAAAAAAAAAAgAAAAAAAAAAwAAAAAAAAAMAAAAAAAAAAAAAAAAAAAADAAAAAAAAAAAwAAAAAAAAA4AAAA" +
  "AAAAAAAAAAAAAAAAOAAAAAAAAAAMAAAAAAAAAAAAAAAFAAAAAwAAAAAAAAAAAAAAAAAAAAMAAAAAAAAAAAAAAAAAAAADAAAAAAAAAAAAAAAAAAAAAwAAAAAA" +
  "AAAAAAAAAAAAAAMAAAAAAAAAAAAAAAAAAAAAAAAABQAAAHARAQAAAAAAAACAPgAAAD8AAEA/AAAAAAAAAAAAAAA+AABgPwAAAAAAAQEAAAAAAAMAAAD/////" +
  "AgAAAAAAAAD/////AAAAAA==";

const bytes = Uint8Array.from(atob(STREAM), (c) => c.charCodeAt(0)).buffer;

describe("an Arrow stream of points", () => {
  it("is read column by column", () => {
    const { length, columns } = readBatch(bytes);
    expect(length).toBe(3);
    expect([...new Uint32Array(columns[0] as ArrayBuffer, 0, length)]).toEqual([0, 5, 70000]);
    expect([...new Float32Array(columns[1] as ArrayBuffer, 0, length)]).toEqual([0.25, 0.5, 0.75]);
    expect([...new Float32Array(columns[2] as ArrayBuffer, 0, length)]).toEqual([0, 0.125, 0.875]);
    expect([...new Uint8Array(columns[3] as ArrayBuffer, 0, length)]).toEqual([0, 1, 1]);
    expect([...new Int32Array(columns[4] as ArrayBuffer, 0, length)]).toEqual([3, -1, 2]);
  });

  it("is refused where it is none", () => {
    expect(() => readBatch(new TextEncoder().encode("<html>nothing here</html>").buffer as ArrayBuffer)).toThrow("no Arrow stream");
    expect(() => readBatch(new ArrayBuffer(0))).toThrow("no batch");
  });
});
