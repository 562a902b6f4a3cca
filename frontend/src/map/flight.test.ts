import { describe, expect, it } from "vitest";
import { flight } from "./flight";

const near = { x: 0.2, y: 0.3, width: 0.05 };
const far = { x: 0.9, y: 0.7, width: 0.1 };

describe("a flight over the map", () => {
  it("begins where one is and ends where one goes", () => {
    for (const [from, to] of [[near, far], [far, near], [near, { ...near, width: 1 }]] as const) {
      const way = flight(from, to);
      for (const [t, look] of [[0, from], [1, to]] as const) {
        const at = way.at(t);
        expect(at.x).toBeCloseTo(look.x, 6);
        expect(at.y).toBeCloseTo(look.y, 6);
        expect(at.width).toBeCloseTo(look.width, 6);
      }
    }
  });

  it("goes out before it goes across a distance of many windows", () => {
    expect(flight(near, far).at(0.5).width).toBeGreaterThan(0.3);
  });

  it("is the longer the farther it goes", () => {
    expect(flight(near, far).length).toBeGreaterThan(flight(near, { ...near, x: 0.22 }).length);
  });
});
