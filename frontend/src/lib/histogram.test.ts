import { describe, expect, it } from "vitest";
import { axisFor, fromAxis, histogram, toAxis } from "./histogram";
import { evenScale } from "./scale";

describe("the axis of a histogram", () => {
  it("goes from a value to its place and back", () => {
    for (const [signed, power] of [[true, 1], [true, 0.5], [false, 0.5]] as const) {
      const axis = axisFor([signed ? -7 : 1, 3], evenScale(4, signed, power));
      expect(axis.limit).toBe(signed ? 7 : 4);
      for (const value of signed ? [-7, -2, 0, 0.3, 3] : [0, 0.3, 3]) expect(fromAxis(axis, toAxis(axis, value))).toBeCloseTo(value, 9);
    }
  });

  it("has zero in its middle where values have a sign", () => {
    expect(toAxis(axisFor([-7, 3], evenScale(4, true, 1)), 0)).toBe(0.5);
    expect(toAxis(axisFor([7, 3], evenScale(4, false, 1)), 0)).toBe(0);
  });
});

it("a histogram counts every value once, at the ends too", () => {
  const axis = axisFor([-4, 4], evenScale(4, true, 1));
  const { all, sure } = histogram([-4, -4, 0, 1, 4], [1, 0.1, 1, 0.1, 1], axis, 4);
  expect([...all]).toEqual([2, 0, 2, 1]);
  expect([...sure]).toEqual([1, 0, 1, 1]);
});
