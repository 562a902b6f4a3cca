import { describe, expect, it } from "vitest";
import { niceCeil, place, quantile, ticks, type Scale } from "./scale";

const signed: Scale = { limit: 4, signed: true, power: 1 };

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
    expect(place({ limit: 100, signed: false, power: 0.5 }, 25)).toBeCloseTo(0.5);
  });
});

it("rounds a limit up to 1, 2 or 5 times a power of ten", () => {
  expect([0.00031, 0.7, 1, 1.2, 4.9, 5, 51].map(niceCeil)).toEqual([0.0005, 1, 1, 2, 5, 5, 100]);
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
    const found = ticks({ limit: 20, signed: false, power });
    expect(found[0]).toBe(0);
    expect(found.at(-1)).toBe(20);
    expect([...found].sort((a, b) => a - b)).toEqual(found);
  }
});
