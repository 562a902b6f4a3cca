/** The command that draws a poster of what the map shows (docs/commands.md): a layer in full, larger than a browser can save it. */
import type { ColorMode } from "./heat";
import type { IconWish } from "./icons";
import { isPart } from "./parts";

export interface PosterWish {
  readonly atlas: string;
  readonly layer: string;
  readonly grid: number | null;
  readonly pair: readonly [string, string] | null;
  readonly icons: IconWish | "auto" | "none";
  readonly color: ColorMode;
  /** Of the density. */
  readonly dataset: string;
  readonly opacity: number;
}

export function posterCommand(wish: PosterWish): string {
  const words: string[] = ["ganatlas", "export", `${wish.atlas}.atlas`, "--poster", `${wish.atlas}-${wish.layer}.png`, "--layer", wish.layer];
  if (wish.grid !== null) words.push("--grid", String(wish.grid));
  if (wish.pair) words.push("--pair", wish.pair.join("~"));
  if (wish.icons !== "auto") words.push("--icons", wish.icons === "none" ? "none" : `${wish.icons.kind}:${wish.icons.of}`);
  // Where a figure comes from is on no poster.
  if (wish.color !== "effect" && !isPart(wish.color)) words.push("--color", wish.color);
  if (wish.color === "density") words.push("--dataset", wish.dataset);
  if (wish.opacity !== 0.55) words.push("--opacity", String(wish.opacity));
  return words.map(quoted).join(" ");
}

/** As a shell takes it for one word. */
function quoted(word: string): string {
  return /^[\w.:~-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
