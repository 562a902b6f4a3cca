/** Scales of the map's colours: from a value to a place on a ramp, and ticks with numbers to put beside it. */

export interface Scale {
  /** The values at the ends of the ramp; what lies beyond gets the same colour. Where signed, one is below and one above 0. */
  readonly low: number;
  readonly high: number;
  /** True: a diverging ramp with 0 in its middle; false: low … high. */
  readonly signed: boolean;
  /** 1 is linear, ½ a square root that opens up small values. */
  readonly power: number;
}

/** −limit … limit where signed, else 0 … limit. */
export function evenScale(limit: number, signed: boolean, power: number): Scale {
  return { low: signed ? -limit : 0, high: limit, signed, power };
}

/** The scale with other ends, as far as they make sense. */
export function withEnds(scale: Scale, low: number, high: number): Scale {
  const fine = scale.signed ? low < 0 && high > 0 : low >= 0 && high > low;
  return fine ? { ...scale, low, high } : scale;
}

/** Where a value lies on its ramp, 0 to 1 (½ is zero where signed: each side is read by its own end). */
export function place(scale: Scale, value: number): number {
  const { low, high, power } = scale;
  if (!scale.signed) return clamp((value - low) / (high - low)) ** power;
  return value < 0 ? 0.5 - 0.5 * clamp(value / low) ** power : 0.5 + 0.5 * clamp(value / high) ** power;
}

function clamp(t: number): number {
  return Math.min(1, Math.max(0, t));
}

/** Round numbers near enough to each other that a scale ends little above its greatest value. */
const STEPS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** The smallest round number (`STEPS` × 10ⁿ) at or above a value; 1 for what is not above 0. */
export function niceCeil(value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) return 1;
  const unit = 10 ** Math.floor(Math.log10(value));
  for (const step of STEPS) if (step * unit >= value * (1 - 1e-9)) return Number((step * unit).toPrecision(6));
  return 10 * unit;
}

/** The q-quantile of values by nearest rank; 0 for none. Does not change its input. */
export function quantile(values: ArrayLike<number>, q: number): number {
  if (values.length === 0) return 0;
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}

/** Values for the ticks of one side of a scale, its beginning (0 where signed) first, its end last. */
export function ticks(scale: Scale, end: number = scale.high): number[] {
  const from = scale.signed ? 0 : scale.low;
  const fractions = scale.power < 1 ? [0, 0.1, 0.4, 1] : [0, 0.5, 1];
  return fractions.map((f) => Number((from + f * (end - from)).toPrecision(3)));
}
