import { describe, expect, it } from "vitest";
import { contrast, cssColor, datasetColor, divergingRamp, inkOn, lightnessOf, luminanceOf, sequentialRamp, type Theme } from "./color";

const themes: Theme[] = ["light", "dark"];
const at = (ramp: Uint8ClampedArray, i: number): [number, number, number] => [ramp[3 * i] ?? 0, ramp[3 * i + 1] ?? 0, ramp[3 * i + 2] ?? 0];
const lightness = (ramp: Uint8ClampedArray, i: number): number => lightnessOf(...at(ramp, i));

describe.each(themes)("the diverging ramp in the %s theme", (theme) => {
  const ramp = divergingRamp(theme);

  it("is as light on one side as on the other", () => {
    for (let i = 0; i < 128; i++) expect(Math.abs(lightness(ramp, i) - lightness(ramp, 255 - i))).toBeLessThan(0.02);
  });

  it("is neutral in the middle, orange at the start and blue at the end", () => {
    const [r, g, b] = at(ramp, 127);
    expect(Math.max(r, g, b) - Math.min(r, g, b)).toBeLessThan(6);
    expect(at(ramp, 0)[0]).toBeGreaterThan(at(ramp, 0)[2] + 60);
    expect(at(ramp, 255)[2]).toBeGreaterThan(at(ramp, 255)[0] + 60);
  });

  it("changes lightness by even steps on each side", () => {
    const steps = Array.from({ length: 8 }, (_, i) => Math.abs(lightness(ramp, 128 + 16 * i + 15) - lightness(ramp, 128 + 16 * i)));
    expect(Math.max(...steps)).toBeLessThan(1.5 * Math.min(...steps));
  });
});

describe.each(themes)("the sequential ramp in the %s theme", (theme) => {
  it("goes steadily away from the ground", () => {
    const ramp = sequentialRamp(theme);
    const sign = theme === "light" ? -1 : 1;
    for (let i = 8; i < 256; i += 8) expect(sign * (lightness(ramp, i) - lightness(ramp, i - 8))).toBeGreaterThan(0);
  });

  it("has ink that reads on each of its colours", () => {
    const ramp = sequentialRamp(theme);
    for (let i = 0; i <= 255; i++) {
      expect(contrast(luminanceOf(...at(ramp, i)), inkOn(ramp, i / 255) === "#fff" ? 1 : 0)).toBeGreaterThanOrEqual(4.5);
    }
  });
});

it("clamps what lies beyond a ramp to its ends", () => {
  const ramp = sequentialRamp("dark");
  expect(cssColor(ramp, -3)).toBe(cssColor(ramp, 0));
  expect(cssColor(ramp, 7)).toBe(cssColor(ramp, 1));
});

it("gives datasets colours that differ", () => {
  expect(new Set([0, 1, 2, 3, 4, 5].map((i) => datasetColor(i, "dark"))).size).toBe(6);
});

it("the pair that is compared is blue and orange as on the map, whichever datasets it is of", () => {
  const [blue, orange] = [datasetColor(0, "light"), datasetColor(1, "light")];
  for (const pair of [[0, 1], [0, 3], [2, 1], [3, 2]] as const) {
    expect(pair.map((index) => datasetColor(index, "light", pair))).toEqual([blue, orange]);
    expect(new Set([0, 1, 2, 3, 4, 5].map((index) => datasetColor(index, "light", pair))).size).toBe(6);
  }
});
