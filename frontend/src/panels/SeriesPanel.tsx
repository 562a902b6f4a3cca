/** Datasets that are a series: every figure over its values with intervals, and precision against recall along it. */
import type { Metrics } from "../api/types";
import { formatNumber } from "../lib/format";
import { COLUMNS, FINAL, curve, floorOf, headIn, linear, seriesOf, spaceOf, type SeriesOf } from "../lib/metrics";
import { useStore } from "./context";
import { Curve } from "./Curve";
import { What } from "./What";

export function SeriesPanel({ metrics }: { metrics: Metrics }) {
  const store = useStore();
  const atlas = store.atlas.value;
  const all = atlas ? seriesOf(atlas) : [];
  const spaces = [...new Set(metrics.entries.map(spaceOf))].filter((space) => space !== "logits");
  const wish = store.view.value;
  const series = all.find((each) => each.name === wish.series) ?? all[0];
  const space = spaces.find((each) => each === wish.space) ?? (spaces.includes(FINAL) ? FINAL : (spaces[0] ?? ""));
  if (!series) return null;
  return (
    <>
      <div class="metrics-controls">
        {all.length > 1 && (
          <select aria-label="Series" value={series.name} onChange={(event) => store.go({ series: event.currentTarget.value })}>
            {all.map((each) => (
              <option key={each.name}>{each.name}</option>
            ))}
          </select>
        )}
        <select aria-label="Features" value={space} onChange={(event) => store.go({ space: event.currentTarget.value })}>
          {spaces.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </div>
      <div class="series">
        {COLUMNS.map(([figure]) => {
          const head = headIn(space, figure);
          const points = curve(metrics, series, figure === "classifier_score" ? "logits" : space, figure);
          const floors = points.map((p) => floorOf(p.figure)).filter((floor) => floor !== null);
          if (points.length < 2) return null;
          return (
            <figure key={figure}>
              <figcaption>
                {head}
                <What is={figure} />
              </figcaption>
              <Curve
                dots
                width={220}
                height={110}
                floor={floors.length > 0 ? floors.reduce((a, b) => a + b) / floors.length : null}
                label={`${head} over ${series.name}`}
                points={points.map((p) => ({ x: p.x, value: p.figure.value ?? 0, low: p.figure.low, high: p.figure.high, name: p.name }))}
              />
              <p class="faint">
                <span>{`${series.name} ${formatNumber(points[0]?.x ?? 0)}: ${formatNumber(points[0]?.figure.value ?? 0)}`}</span>
                <span>{`${formatNumber(points.at(-1)?.x ?? 0)}: ${formatNumber(points.at(-1)?.figure.value ?? 0)}`}</span>
              </p>
            </figure>
          );
        })}
        <Tradeoff metrics={metrics} series={series} space={space} />
      </div>
      <p class="note">Bands are 95 % intervals; the dashed line is the noise floor, or what two halves of the reference show. All datasets of a series share one layout.</p>
    </>
  );
}

/** Precision against recall, a dot a dataset, joined in the order of the series. */
function Tradeoff({ metrics, series, space }: { metrics: Metrics; series: SeriesOf; space: string }) {
  const recall = curve(metrics, series, space, "recall");
  const points = curve(metrics, series, space, "precision").flatMap((p) => {
    const other = recall.find((r) => r.name === p.name);
    return other ? [{ x: other.figure.value ?? 0, y: p.figure.value ?? 0, at: p.x, name: p.name }] : [];
  });
  if (points.length < 2) return null;
  const [x, y] = [linear([0, 1], [8, 212]), linear([0, 1], [102, 8])];
  return (
    <figure>
      <figcaption>precision against recall</figcaption>
      <svg class="curve" width={220} height={110} role="img" aria-label={`Precision against recall over ${series.name}`}>
        <rect class="curve-frame" x="8" y="8" width="204" height="94" />
        <polyline class="curve-line" points={points.map((p) => `${x(p.x)},${y(p.y)}`).join(" ")} />
        {points.map((p) => (
          <circle key={p.name} class="curve-dot" cx={x(p.x)} cy={y(p.y)} r="3.5">
            <title>{`${p.name}: precision ${p.y}, recall ${p.x}`}</title>
          </circle>
        ))}
        <text x={x(points[0]?.x ?? 0) + 6} y={y(points[0]?.y ?? 0) - 5}>
          {formatNumber(points[0]?.at ?? 0)}
        </text>
      </svg>
      <p class="faint">
        <span>recall 0</span>
        <span>recall 1</span>
      </p>
    </figure>
  );
}
