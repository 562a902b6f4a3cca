import { expect, it } from "vitest";
import type { DivergenceEntry } from "../api/types";
import { sequentialRamp } from "./color";
import type { Matrix } from "./divergence";
import { heatmapSvg } from "./heatmapSvg";

const entry = (js: number, valid: boolean, p: number): DivergenceEntry => ({ js_corrected: js, kl: 2 * js, valid, p }) as DivergenceEntry;
const table: Matrix = { first: "real", second: "gan", isSelf: false, layers: ["early", "late"], sizes: [10, 20], entries: [[entry(0.1, true, 0.01), entry(0.2, false, 0.5)], [entry(0.3, true, 0.5), null]] };

it("draws every entry with its number, hatches those that are biased, and marks those that differ", () => {
  const svg = heatmapSvg([table], { title: "A <b> & c", measure: "js", range: [0, 0.5], ramp: sequentialRamp("light"), dark: false, titleOf: (name) => name.toUpperCase() });
  for (const value of [">0.1<", ">0.2<", ">0.3<", "REAL against GAN", "A &lt;b&gt; &amp; c", "bits"]) expect(svg).toContain(value);
  expect(svg.match(/url\(#hatch\)/g)).toHaveLength(1);
  expect(svg.match(/<circle/g)).toHaveLength(1);
  expect(svg.match(/rx="3" fill="rgb/g)).toHaveLength(3);
});
