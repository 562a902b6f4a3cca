import { expect, it } from "vitest";
import { leastRatio } from "./bound";

it("is the ratio at which so many samples of one dataset alone are a chance of 2.5 %", () => {
  for (const [count, of, other] of [[16, 3000, 3000], [7, 1000, 5000], [120, 900, 450]] as const) {
    const ratio = leastRatio(count, of, other);
    const one = (ratio * of) / (ratio * of + other);
    expect(one ** count).toBeCloseTo(0.025, 9);
  }
});

it("grows with the samples, and says nothing without any", () => {
  const bounds = [1, 4, 16, 64].map((count) => leastRatio(count, 100, 100));
  expect([...bounds].sort((a, b) => a - b)).toEqual(bounds);
  expect(leastRatio(0, 100, 100)).toBe(0);
});
