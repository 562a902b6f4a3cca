/**
 * How much more there is at least where one dataset has samples in a cell and the other none: the lower end of the exact 95 % interval
 * of the ratio of their shares, whose upper end is infinite.
 *
 * Given `count` samples in the cell, all of one dataset, the chance of that is πᶜᵒᵘⁿᵗ with π = ρ·of / (ρ·of + other) at a ratio ρ of
 * shares. Source: Clopper & Pearson 1934, "The use of confidence or fiducial limits illustrated in the case of the binomial".
 */
const TAIL = 0.025;

/** `of`, `other`: all samples on the layer of the dataset that has `count` here, and of the one that has none. */
export function leastRatio(count: number, of: number, other: number): number {
  const share = TAIL ** (1 / count);
  return count > 0 && of > 0 ? ((share / (1 - share)) * other) / of : 0;
}
