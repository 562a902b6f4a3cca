import { expect, it } from "vitest";
import { posterCommand, type PosterWish } from "./poster";

const WISH: PosterWish = { atlas: "mine", layer: "mixed5b", grid: 20, pair: ["real", "gan"], icons: "auto", color: "effect", dataset: "real", opacity: 0.55 };

it("draws the layer that is on the screen as it is coloured there", () => {
  expect(posterCommand(WISH)).toBe("ganatlas export mine.atlas --poster mine-mixed5b.png --layer mixed5b --grid 20 --pair real~gan");
  expect(posterCommand({ ...WISH, icons: { kind: "inverted", of: "joint" }, color: "density", opacity: 0.3 })).toContain("--icons inverted:joint --color density --dataset real --opacity 0.3");
  expect(posterCommand({ ...WISH, color: "recall" })).toBe(posterCommand(WISH));
});

it("is one that a shell takes as it stands", () => {
  expect(posterCommand({ ...WISH, atlas: "it's mine" })).toContain(`'it'\\''s mine.atlas'`);
});
