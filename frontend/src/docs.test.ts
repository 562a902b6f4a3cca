/** docs/viewer.md names every key and every parameter of a link, or this fails. */
import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { figuresTable } from "./lib/figures";
import { SHORTCUTS } from "./state/keys";
import { writeView } from "./state/link";

const page = readFileSync(new URL("../../docs/viewer.md", import.meta.url), "utf8");

it("has every key in its table", () => {
  const table = page.slice(page.indexOf("## Keys"), page.indexOf("## A view is a link"));
  const keys = [...table.matchAll(/^\| ([^|]+) \|/gm)].flatMap((match) => (match[1] ?? "").split(" · ").map((key) => key.trim()));
  for (const { shown } of SHORTCUTS) expect(keys).toContain(shown.replace("⇧ ← ↑ → ↓", "Shift + arrows"));
});

it("has every parameter of a link", () => {
  const everything = writeView({
    layer: "a",
    grid: 10,
    color: "none",
    scale: { mode: "effect", low: -2, high: 2 },
    pair: ["a", "b"],
    density: "a",
    significance: false,
    opacity: 0,
    icons: "none",
    at: { x: 0, y: 0, zoom: 2 },
    cell: { size: 10, column: 0, row: 0 },
    pin: { layer: "a", size: 10, column: 0, row: 0 },
    compare: "a",
    label: "a",
    area: 1,
    areaOf: "a",
    points: true,
    dots: "class",
    split: "side",
    swipe: 0,
    lasso: { layer: "a", place: { lasso: [{ x: 0, y: 0 }, { x: 1, y: 0 }, { x: 0, y: 1 }] } },
    whole: 10,
    trace: "on",
    image: { dataset: "a", image: 0 },
    sample: { dataset: "a", image: 0, position: 0 },
    ranking: true,
    side: "first",
    rankBy: "contribution",
    only: true,
    order: "random",
    heatmap: true,
    metrics: "labels",
    sort: { by: "label", falling: true },
    series: "a",
    space: "a",
    near: "pixels",
    about: true,
    measure: "kl",
    range: [0, 1],
  });
  // A lasso or cells, not both.
  const names = [...new URLSearchParams(everything).keys(), "cells"];
  expect(names).toHaveLength(40);
  for (const name of names) expect(page).toContain(`| \`${name}\` |`);
});

it("shares what is said of every number", () => {
  const file = new URL("../../docs/figures.md", import.meta.url);
  const head = readFileSync(file, "utf8").split("| number |")[0] ?? "";
  if (process.env["UPDATE_DOCS"]) writeFileSync(file, `${head}${figuresTable()}\n`);
  expect(readFileSync(file, "utf8"), "run `npm run figures`").toBe(`${head}${figuresTable()}\n`);
});
