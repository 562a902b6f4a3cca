import { describe, expect, it } from "vitest";
import { assignSlots, SLOTS } from "./slots";

describe("colours of classes", () => {
  it("go to the most frequent ones in view", () => {
    const counts = new Map(Array.from({ length: 30 }, (_, i) => [i, 100 - i]));
    const slots = assignSlots(counts, new Map());
    expect([...slots.keys()]).toEqual(Array.from({ length: SLOTS }, (_, i) => i));
    expect(new Set(slots.values()).size).toBe(SLOTS);
  });

  it("stay with a class while it is in view, and are given on when it is gone", () => {
    const before = new Map([[7, 0], [8, 1], [9, 2]]);
    const after = assignSlots(new Map([[8, 5], [9, 50], [40, 20]]), before);
    expect(after).toEqual(new Map([[9, 2], [8, 1], [40, 0]]));
  });
});
