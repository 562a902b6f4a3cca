/** What the colours mean: the ramp with its numbers and unit. */
import { cssColor } from "../lib/color";
import { FIGURES } from "../lib/figures";
import { formatNumber, formatRatio } from "../lib/format";
import { place, ticks, type Scale } from "../lib/scale";
import { titleOf } from "../lib/names";
import { useStore } from "./context";
import { Hint } from "./Hint";
import "./Legend.css";

export function Legend({ afloat = false }: { afloat?: boolean }) {
  const store = useStore();
  const heat = store.heat.value;
  const pair = store.pair.value;
  const mode = store.view.value.color;
  if (!heat || mode === "none") return null;
  const ramp = store.ramp.value;
  const stops = Array.from({ length: 17 }, (_, i) => cssColor(ramp, i / 16)).join(", ");
  const title = mode === "density" && store.view.value.split === "one" ? `Density of ${titleOf(store.atlas.value, store.densityOf.value)}` : FIGURES[mode].title;
  return (
    <figure class={`legend ${afloat ? "afloat" : ""}`} aria-label="Legend">
      <figcaption>
        <span class="legend-title">
          <strong>{title}</strong>
          {!afloat && <Hint of={mode} />}
        </span>
        <span class="faint">{FIGURES[mode].unit}</span>
      </figcaption>
      <div class="legend-ramp" style={{ background: `linear-gradient(to right, ${stops})` }} />
      <div class="legend-ticks">
        {marks(heat.scale, mode).map((mark) => (
          <span key={mark.at} class={mark.at === 0 ? "start" : mark.at === 1 ? "end" : ""} style={{ left: `${mark.at * 100}%` }}>
            {mark.text}
          </span>
        ))}
      </div>
      {mode !== "density" && pair && (
        <div class="legend-ends">
          <span class="second">more {titleOf(store.atlas.value, pair[1])}</span>
          <span class="first">more {titleOf(store.atlas.value, pair[0])}</span>
        </div>
      )}
    </figure>
  );
}

interface Mark {
  readonly at: number;
  readonly text: string;
}

/** Ticks with their text and place, from left to right; the middle of a diverging scale is at ½. */
export function marks(scale: Scale, mode: "effect" | "contribution" | "density"): Mark[] {
  const text = (value: number): string => {
    if (mode === "effect") return value === 0 ? "same" : formatRatio(2 ** Math.abs(value));
    return formatNumber(mode === "contribution" ? Math.abs(value) * 1000 : value, 2);
  };
  const side = mode === "effect" ? [...new Set([0, scale.limit >= 4 ? Math.floor(scale.limit / 2) : 1, scale.limit])] : ticks(scale);
  const shown = scale.signed && side.length > 3 ? side.filter((_, i) => i !== 1) : side;
  const values = scale.signed ? [...shown.slice(1).reverse().map((v) => -v), ...shown] : shown;
  return values.map((value) => ({ at: place(scale, value), text: (Math.abs(value) === scale.limit ? (scale.signed && mode === "effect" ? "≥ " : "") : "") + text(value) }));
}
