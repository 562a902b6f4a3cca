import { describe, expect, it } from "vitest";
import type { AtlasView, DatasetView } from "../api/types";
import { goInSeries, seriesOf } from "./series";
import type { Store } from "./store";
import { DEFAULT_VIEW, type View } from "./view";

const dataset = (name: string, value?: number): DatasetView => ({ name, series: value === undefined ? null : { name: "step", value } }) as DatasetView;
const atlas = {
  datasets: [dataset("real"), dataset("late", 900), dataset("early", 100), dataset("other"), dataset("middle", 400)],
  pairs: ["late", "early", "other", "middle"].map((second) => ["real", second]),
} as unknown as AtlasView;

describe("a series of datasets", () => {
  it("goes by rising value, whatever the order of the datasets", () => {
    const series = seriesOf(atlas, ["real", "early"]);
    expect(series?.stops.map((stop) => stop.dataset.name)).toEqual(["early", "middle", "late"]);
    expect(series?.at).toBe(0);
  });

  it("is none where the dataset is of none, or nothing else is compared", () => {
    expect(seriesOf(atlas, ["real", "other"])).toBeNull();
    expect(seriesOf({ ...atlas, pairs: [["real", "late"]] }, ["real", "late"])).toBeNull();
    expect(seriesOf(atlas, null)).toBeNull();
  });

  it("takes along everything that showed the one dataset", () => {
    let view: View = { ...DEFAULT_VIEW, density: "early", icons: { kind: "exemplar", of: "early" }, compare: "real" };
    const store = { atlas: { value: atlas }, pair: { value: ["real", "early"] }, view: { get value() { return view; } }, go: (patch: Partial<View>) => (view = { ...view, ...patch }) };
    goInSeries(store as unknown as Store, 2);
    expect(view).toMatchObject({ pair: ["real", "late"], density: "late", icons: { kind: "exemplar", of: "late" }, compare: "real" });
    goInSeries(store as unknown as Store, 7);
    expect(view.pair).toEqual(["real", "late"]);
  });
});
