/** The histogram beside a colour scale: an axis that reaches over all values, whatever the ends of the scale are. */
import type { Scale } from "./scale";

export interface Axis {
  /** The value at the axis's end; at its beginning −limit where signed, else 0. */
  readonly limit: number;
  readonly signed: boolean;
  /** As the scale's: small values are opened up on both alike. */
  readonly power: number;
}

/** The axis for some values: it holds them, and the ends of these scales. */
export function axisFor(values: ArrayLike<number>, ...scales: readonly Scale[]): Axis {
  let limit = 0;
  for (let i = 0; i < values.length; i++) limit = Math.max(limit, Math.abs(values[i] ?? 0));
  for (const scale of scales) limit = Math.max(limit, -scale.low, scale.high);
  const { signed = false, power = 1 } = scales[0] ?? {};
  return { limit: limit || 1, signed, power };
}

/** From a value to a place on the axis, 0 to 1. */
export function toAxis(axis: Axis, value: number): number {
  const t = Math.min(1, Math.abs(value) / axis.limit) ** axis.power;
  return axis.signed ? 0.5 + 0.5 * Math.sign(value) * t : value <= 0 ? 0 : t;
}

/** And back. */
export function fromAxis(axis: Axis, at: number): number {
  const t = Math.min(1, Math.max(0, at));
  if (!axis.signed) return axis.limit * t ** (1 / axis.power);
  return Math.sign(t - 0.5) * axis.limit * Math.abs(2 * t - 1) ** (1 / axis.power);
}

export interface Bins {
  readonly all: Uint32Array;
  /** Of those, the values that are certain. */
  readonly sure: Uint32Array;
}

/** How many values fall in each of equal parts of the axis. `certainty`: 1 for what is certain, one a value; null for all. */
export function histogram(values: ArrayLike<number>, certainty: ArrayLike<number> | null, axis: Axis, bins: number): Bins {
  const all = new Uint32Array(bins);
  const sure = new Uint32Array(bins);
  for (let i = 0; i < values.length; i++) {
    const bin = Math.min(bins - 1, Math.floor(toAxis(axis, values[i] ?? 0) * bins));
    all[bin]!++;
    if ((certainty?.[i] ?? 1) >= 1) sure[bin]!++;
  }
  return { all, sure };
}
