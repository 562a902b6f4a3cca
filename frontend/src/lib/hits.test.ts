import { expect, it } from "vitest";
import { marked, wilsonLow } from "./hits";

const hit = (count: number, members: number, base: number, column = 1) => ({ column, row: 1, count, members, share: count / members, lift: count / members / base });

it("marks cells where the class surely has twice its share, and not those that have it by chance", () => {
  // One of five members is a large share and says nothing; 30 of 60 where 1 of 10 is usual says much.
  expect(marked([hit(30, 60, 0.1), hit(2, 5, 0.1), hit(12, 60, 0.1), hit(16, 40, 0.1)])).toEqual([0, 3]);
});

it("marks cells that are mostly of a class that is frequent everywhere", () => {
  expect(marked([hit(90, 100, 0.6), hit(55, 100, 0.6)])).toEqual([0]);
});

it("does not mark what lies outside the map, and no more than eight", () => {
  expect(marked([hit(60, 60, 0.1, -1)])).toEqual([]);
  expect(marked(Array.from({ length: 20 }, () => hit(60, 60, 0.1)))).toHaveLength(8);
});

it("has the lower end of Wilson's interval", () => {
  expect(wilsonLow(10, 100)).toBeCloseTo(0.0552, 3);
  expect(wilsonLow(0, 0)).toBe(0);
});
