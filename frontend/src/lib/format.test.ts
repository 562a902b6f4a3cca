import { describe, expect, it } from "vitest";
import { formatCount, formatNumber, formatP, formatRatio, formatShare, plural, verdict } from "./format";

describe("numbers", () => {
  it("have three significant digits and a real minus sign", () => {
    expect(formatNumber(0.0123456)).toBe("0.0123");
    expect(formatNumber(-1.5)).toBe("−1.5");
    expect(formatNumber(1234567)).toBe("1,234,567");
    expect(formatNumber(0.00000012)).toBe("1.2·10⁻⁷");
    expect(formatNumber(Number.NaN)).toBe("–");
  });

  it("are counts, shares, ratios and p", () => {
    expect(formatCount(1302)).toBe("1,302");
    expect(formatShare(0.0123)).toBe("1.2\u202f%");
    expect(formatRatio(3.14)).toBe("3.1×");
    expect(formatRatio(31.4)).toBe("31×");
    expect(formatP(0.00004)).toBe("< 0.001");
    expect(formatP(0.034)).toBe("0.034");
    expect(formatP(null)).toBe("not tested");
    expect([plural(1, "cell"), plural(2, "cell")]).toEqual(["1 cell", "2 cells"]);
  });
});

describe("what a cell says of two datasets", () => {
  const figures = { effect: Math.log2(3.1), q: 0.001, countFirst: 31, countSecond: 10 };

  it("is how many times more there is, and in which", () => {
    expect(verdict(figures, "real", "sngan", 0.05)).toMatchObject({ words: "3.1× more in real than in sngan", significant: true, more: "first" });
    expect(verdict({ ...figures, effect: -figures.effect }, "real", "sngan", 0.05).words).toBe("3.1× more in sngan than in real");
  });

  it("says when a dataset is not there at all", () => {
    expect(verdict({ effect: 8, q: 0, countFirst: 1302, countSecond: 0 }, "imagenet", "biggan", 0.05).words).toBe("only in imagenet, none in biggan");
    const bounded = verdict({ effect: 5, q: 0, countFirst: 16, countSecond: 0, sums: [3000, 3000] }, "a", "b", 0.05);
    expect(bounded.size).toBe("at least 3.9×, 32× with ½ added to each");
    expect(bounded.least).toBeCloseTo(3.86, 1);
    expect(verdict({ effect: -2, q: null, countFirst: 0, countSecond: 2, sums: [3000, 3000] }, "a", "b", 0.05)).toMatchObject({ size: "4× with ½ added to each", least: null });
    expect(verdict({ effect: -8, q: 0, countFirst: 0, countSecond: 5 }, "imagenet", "biggan", 0.05).more).toBe("second");
  });

  it("does not claim what was not tested or may be chance", () => {
    expect(verdict({ ...figures, q: null }, "a", "b", 0.05)).toMatchObject({ significant: null, certainty: "too few samples to test" });
    expect(verdict({ ...figures, q: 0.3 }, "a", "b", 0.05)).toMatchObject({ significant: false, certainty: "may be chance" });
    expect(verdict({ ...figures, effect: 0.01 }, "a", "b", 0.05).words).toBe("about as much in a as in b");
  });
});
