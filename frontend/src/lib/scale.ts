/** Scales of the map's colours: from a value to a place on a ramp, and ticks with numbers to put beside it. */

export interface Scale {
  /** The value at the end of the ramp; larger ones get the same colour. */
  readonly limit: number;
  /** True: −limit … limit on a diverging ramp; false: 0 … limit. */
  readonly signed: boolean;
  /** 1 is linear, ½ a square root that opens up small values. */
  readonly power: number;
}

/** Where a value lies on its ramp, 0 to 1 (½ is zero where signed). */
export function place(scale: Scale, value: number): number {
  const t = Math.min(1, Math.abs(value) / scale.limit) ** scale.power;
  if (!scale.signed) return value <= 0 ? 0 : t;
  return 0.5 + 0.5 * Math.sign(value) * t;
}

/** The smallest of 1, 2, 5 × 10ⁿ at or above a value; 1 for what is not above 0. */
export function niceCeil(value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) return 1;
  const unit = 10 ** Math.floor(Math.log10(value));
  for (const step of [1, 2, 5, 10]) if (step * unit >= value * (1 - 1e-9)) return Number((step * unit).toPrecision(6));
  return 10 * unit;
}

/** The q-quantile of values by nearest rank; 0 for none. Does not change its input. */
export function quantile(values: ArrayLike<number>, q: number): number {
  if (values.length === 0) return 0;
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}

/** Values for the ticks of one side of a scale, zero included, limit last. */
export function ticks(scale: Scale): number[] {
  const fractions = scale.power < 1 ? [0, 0.1, 0.4, 1] : [0, 0.5, 1];
  return fractions.map((f) => Number((f * scale.limit).toPrecision(3)));
}
