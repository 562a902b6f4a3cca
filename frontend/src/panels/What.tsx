/** The "?" of an image-set metric. */
import { METRICS } from "../lib/figures";
import { Hint } from "./Hint";

export function What({ is: name }: { is: string }) {
  const figure = METRICS[name];
  return figure ? <Hint of={figure} /> : null;
}
