/**
 * Colour ramps for the map, built in OKLab so that equal steps of a value look like equal steps of colour.
 *
 * The diverging ramp runs orange – neutral – blue with the same lightness on both sides: a sign never looks larger than its
 * opposite, and the pair stays apart for the common kinds of colour blindness.
 * Source: Ottosson 2020, "A perceptual color space for image processing" (OKLab).
 */

export type Theme = "light" | "dark";

/** 256 RGB triples, 0–255. */
export type Ramp = Uint8ClampedArray;

const STEPS = 256;

/** sRGB, 0–255 and possibly outside, of a colour in OKLCh (hue in degrees). */
export function oklchToRgb(lightness: number, chroma: number, hue: number): [number, number, number] {
  const angle = (hue * Math.PI) / 180;
  const a = chroma * Math.cos(angle);
  const b = chroma * Math.sin(angle);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    encode(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    encode(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    encode(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function encode(linear: number): number {
  const value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
  return value * 255;
}

function decode(value: number): number {
  return value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
}

/** OKLab lightness, 0–1, of an sRGB colour of 0–255. */
export function lightnessOf(r: number, g: number, b: number): number {
  const [lr, lg, lb] = [r, g, b].map(decode) as [number, number, number];
  const l = Math.cbrt(0.4122214708 * lr + 0.5363325363 * lg + 0.0514459929 * lb);
  const m = Math.cbrt(0.2119034982 * lr + 0.6806995451 * lg + 0.1073969566 * lb);
  const s = Math.cbrt(0.0883024619 * lr + 0.2817188376 * lg + 0.6299787005 * lb);
  return 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s;
}

/** The colour with its chroma lowered until sRGB can show it. */
function shown(lightness: number, chroma: number, hue: number): [number, number, number] {
  for (let c = chroma; c > 0; c -= 0.002) {
    const rgb = oklchToRgb(lightness, c, hue);
    if (rgb.every((v) => v >= -0.5 && v <= 255.5)) return rgb;
  }
  return oklchToRgb(lightness, 0, hue);
}

function ramp(at: (t: number) => [number, number, number]): Ramp {
  const out = new Uint8ClampedArray(STEPS * 3);
  for (let i = 0; i < STEPS; i++) out.set(at(i / (STEPS - 1)), i * 3);
  return out;
}

const DIVERGING = {
  light: { middle: 0.95, end: 0.56, chroma: 0.15 },
  dark: { middle: 0.3, end: 0.68, chroma: 0.16 },
};

/** Orange (0) – neutral (middle) – blue (255). */
export function divergingRamp(theme: Theme): Ramp {
  const { middle, end, chroma } = DIVERGING[theme];
  return ramp((t) => {
    const side = Math.abs(2 * t - 1);
    return shown(middle + (end - middle) * side, chroma * side, t < 0.5 ? 52 : 252);
  });
}

/** Near the background (0) to strong (255): counts and divergences. */
export function sequentialRamp(theme: Theme): Ramp {
  return theme === "light"
    ? ramp((t) => shown(0.965 - 0.565 * t, 0.02 + 0.13 * t, 195 + 90 * t))
    : ramp((t) => shown(0.27 + 0.63 * t, 0.06 + 0.075 * t, 285 - 105 * t));
}

/** CSS colour of a ramp at t, clamped to [0, 1]. */
export function cssColor(colors: Ramp, t: number): string {
  const i = 3 * Math.round(Math.min(1, Math.max(0, t)) * (STEPS - 1));
  return `rgb(${colors[i]},${colors[i + 1]},${colors[i + 2]})`;
}

/** Contrast of two relative luminances (WCAG 2): 4.5 is enough for small text. */
export function contrast(a: number, b: number): number {
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** Relative luminance, 0–1, of an sRGB colour of 0–255 (WCAG 2). */
export function luminanceOf(r: number, g: number, b: number): number {
  const [lr, lg, lb] = [r, g, b].map(decode) as [number, number, number];
  return 0.2126 * lr + 0.7152 * lg + 0.0722 * lb;
}

/** Black or white, whichever reads better on the colour of a ramp at t; one of them always has enough contrast. */
export function inkOn(colors: Ramp, t: number): "#000" | "#fff" {
  const i = 3 * Math.round(Math.min(1, Math.max(0, t)) * (STEPS - 1));
  const ground = luminanceOf(colors[i] ?? 0, colors[i + 1] ?? 0, colors[i + 2] ?? 0);
  return contrast(ground, 0) > contrast(ground, 1) ? "#000" : "#fff";
}

/** Hue and step of lightness of the colours of classes: neighbours in the list differ in both. */
const CLASS_HUES = [[252, 0], [75, 1], [350, 0], [165, 1], [52, 0], [300, 1], [130, 0], [205, 1], [20, 1], [275, 0]] as const;

/** Colour of a class among those in view, by its slot (lib/slots.ts). */
export function classColor(slot: number, theme: Theme): string {
  const [hue, step] = CLASS_HUES[slot % CLASS_HUES.length] ?? [0, 0];
  const [r, g, b] = shown((theme === "light" ? 0.5 : 0.68) + 0.15 * step, 0.15, hue);
  return `rgb(${Math.round(r)},${Math.round(g)},${Math.round(b)})`;
}

/** What has no colour of its own. */
export const OTHER_COLOR = "rgb(140,140,140)";

/**
 * Colour of a dataset in bars and outlines. Of the pair that is compared the first is blue and the second orange, as on the map; no
 * other dataset has these.
 */
export function datasetColor(index: number, theme: Theme, pair: readonly [number, number] = [0, 1]): string {
  const hues = [252, 52, 165, 330, 100, 205];
  const before = pair.filter((compared) => compared < index).length;
  const place = pair.includes(index) ? pair.indexOf(index) : 2 + ((index - before) % (hues.length - 2));
  const [r, g, b] = shown(theme === "light" ? 0.56 : 0.74, 0.14, hues[place] ?? 0);
  return `rgb(${Math.round(r)},${Math.round(g)},${Math.round(b)})`;
}
