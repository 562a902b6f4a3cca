import { expect, it } from "vitest";
import { distance, nearestNames } from "./nearest";

it("counts the letters that differ", () => {
  expect([distance("", ""), distance("", "abc"), distance("boat", "boat"), distance("boat", "goat"), distance("lighthouse", "ligthouse")]).toEqual([0, 3, 0, 1, 1]);
});

it("names first what was most likely meant, whatever its case", () => {
  const classes = ["castle", "bridge", "lighthouse", "house"];
  expect(nearestNames("Ligthouse", classes, 2)).toEqual(["lighthouse", "house"]);
  expect(nearestNames("mixed4c", ["early", "mixed4d", "mixed3a"], 1)).toEqual(["mixed4d"]);
  expect(nearestNames("x", [], 3)).toEqual([]);
});
