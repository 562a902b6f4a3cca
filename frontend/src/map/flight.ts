/**
 * The way from one look at the map to another that is far off: out, across and in again, so that one sees where one goes.
 * Source: van Wijk & Nuij 2003, "Smooth and efficient zooming and panning".
 */

/** The centre of the window, and its width on the unit square. */
export interface Look {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** How readily the way goes out before it goes across: the authors' ρ, which people like best at √2. */
const RHO = Math.SQRT2;

export interface Flight {
  /** In the authors' measure: about one for each change of the scale by √2's power, or of the window by its width. */
  readonly length: number;
  /** t from 0 to 1. */
  at(t: number): Look;
}

export function flight(from: Look, to: Look): Flight {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const distance = Math.hypot(dx, dy);
  if (distance < 1e-9) {
    const length = Math.abs(Math.log(to.width / from.width)) / RHO;
    return { length, at: (t) => ({ x: to.x, y: to.y, width: from.width * (to.width / from.width) ** t }) };
  }
  const bend = (sign: number, w: number): number => {
    const b = (to.width ** 2 - from.width ** 2 + sign * RHO ** 4 * distance ** 2) / (2 * w * RHO ** 2 * distance);
    return Math.log(Math.sqrt(b * b + 1) - b);
  };
  const [r0, r1] = [bend(1, from.width), bend(-1, to.width)];
  const length = (r1 - r0) / RHO;
  return {
    length,
    at: (t) => {
      const r = RHO * t * length + r0;
      const u = (from.width / (RHO ** 2 * distance)) * (Math.cosh(r0) * Math.tanh(r) - Math.sinh(r0));
      return { x: from.x + u * dx, y: from.y + u * dy, width: (from.width * Math.cosh(r0)) / Math.cosh(r) };
    },
  };
}
