import { describe, expect, it } from "vitest";
import { settled } from "./settle";

describe("when the drawer opens or closes, the map", () => {
  it("that is seen whole stays in the middle, and where it was between the edges", () => {
    expect(settled(50, 600, 700, 1200)).toBe(300);
    expect(settled(300, 600, 1200, 700)).toBe(50);
    expect(settled(20, 600, 700, 1100)).toBe(100);
  });

  it("that now fits whole is put in the middle", () => expect(settled(-200, 900, 700, 1200)).toBe(150));

  it("that fills the window does not move", () => {
    expect(settled(-500, 3000, 700, 1200)).toBe(-500);
    expect(settled(-500, 3000, 1200, 700)).toBe(-500);
  });

  it("leaves no more blank than there was, where there is map to show", () => {
    expect(settled(-2000, 3000, 700, 1200), "its end comes along").toBe(-1800);
    expect(settled(-2500, 3000, 700, 1200), "the blank that was there may stay").toBe(-2000);
    expect(settled(-100, 1300, 700, 1250)).toBe(-50);
    expect(settled(200, 3000, 700, 1200)).toBe(200);
  });

  it("comes back to where it was when the drawer closes again", () => {
    for (const [start, side] of [[296, 600], [-500, 3000]] as const) expect(settled(settled(start, side, 1192, 716), side, 716, 1192)).toBeCloseTo(start);
  });
});
