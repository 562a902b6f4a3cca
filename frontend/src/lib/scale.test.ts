import { describe, expect, it } from "vitest";
import { evenScale, niceCeil, place, quantile, ticks, withEnds } from "./scale";

const signed = evenScale(4, true, 1);

describe("the place on a scale", () => {
  it("is the middle for zero, an end for the limit, and the same end beyond it", () => {
    expect(place(signed, 0)).toBe(0.5);
    expect(place(signed, 4)).toBe(1);
    expect(place(signed, -4)).toBe(0);
    expect(place(signed, -400)).toBe(0);
  });

  it("is the mirror image for the opposite value", () => {
    for (const value of [0.1, 1, 3.7]) expect(place(signed, value) + place(signed, -value)).toBeCloseTo(1);
  });

  it("opens up small values where the power is below one", () => {
    expect(place(evenScale(100, false, 0.5), 25)).toBeCloseTo(0.5);
  });
});

describe("a scale with other ends", () => {
  it("has its ends where they were put, and zero in its middle where it is signed", () => {
    const wide = withEnds(signed, -2, 8);
    expect([-2, -1, 0, 4, 8].map((value) => place(wide, value))).toEqual([0, 0.25, 0.5, 0.75, 1]);
    const counts = withEnds(evenScale(100, false, 1), 20, 40);
    expect([0, 20, 30, 40, 90].map((value) => place(counts, value))).toEqual([0, 0, 0.5, 1, 1]);
  });

  it("stays as it was where the ends make no sense", () => {
    expect(withEnds(signed, 1, 3)).toBe(signed);
    expect(withEnds(evenScale(100, false, 1), -5, 3)).toEqual(evenScale(100, false, 1));
  });
});

it("rounds a limit up to a number that is little above it", () => {
  expect([0.00031, 0.57, 0.7, 1, 1.2, 4.9, 5, 51, 9].map(niceCeil)).toEqual([0.0004, 0.6, 0.8, 1, 1.2, 5, 5, 60, 10]);
  expect(niceCeil(0)).toBe(1);
  expect(niceCeil(Number.NaN)).toBe(1);
});

it("takes quantiles by rank and leaves its input alone", () => {
  const values = [5, 1, 3];
  expect(quantile(values, 0)).toBe(1);
  expect(quantile(values, 1)).toBe(5);
  expect(quantile([], 0.5)).toBe(0);
  expect(values).toEqual([5, 1, 3]);
});

it("puts ticks from zero to the limit", () => {
  for (const power of [1, 0.5]) {
    const found = ticks(evenScale(20, false, power));
    expect(found[0]).toBe(0);
    expect(found.at(-1)).toBe(20);
    expect([...found].sort((a, b) => a - b)).toEqual(found);
  }
});
