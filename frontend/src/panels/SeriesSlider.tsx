/** Where the second dataset of the pair is one of a series: a slider along it. The map stays, since all lie on one. */
import { formatNumber } from "../lib/format";
import { goInSeries, seriesOf } from "../state/series";
import { useStore } from "./context";
import "./SeriesSlider.css";

export function SeriesSlider() {
  const store = useStore();
  const series = seriesOf(store.atlas.value, store.pair.value);
  if (!series) return null;
  const now = series.stops[series.at];
  const last = series.stops.length - 1;
  return (
    <section class="field series">
      <label for="series">
        {series.name} <b class="second">{now && formatNumber(now.value, 6)}</b>
      </label>
      <input
        id="series"
        type="range"
        min="0"
        max={last}
        step="1"
        value={series.at}
        aria-valuetext={now ? `${series.name} ${now.value}, ${now.dataset.title}` : ""}
        title={`Along the series ({ and })`}
        onInput={(event) => goInSeries(store, Number(event.currentTarget.value))}
      />
      <div class="series-stops" aria-hidden="true">
        {series.stops.map((stop, i) => (
          <span key={stop.dataset.name} class={i === series.at ? "now" : ""} style={{ left: `${(100 * i) / last}%` }}>
            {i === 0 || i === last || series.stops.length <= 5 ? formatNumber(stop.value, 4) : ""}
          </span>
        ))}
      </div>
    </section>
  );
}
