/** What the colours mean, afloat on the map: the scale with its numbers and unit, how the cells spread over it, and what the dots are. */
import { FIGURES } from "../lib/figures";
import type { ColorMode } from "../lib/heat";
import { formatNumber, formatRatio } from "../lib/format";
import { isPart } from "../lib/parts";
import { place, ticks, type Scale } from "../lib/scale";
import { titleOf } from "../lib/names";
import { useStore } from "./context";
import { DotsLegend } from "./DotsLegend";
import { Hint } from "./Hint";
import { ScaleRange } from "./ScaleRange";
import "./Legend.css";

export function Legend() {
  const store = useStore();
  const heat = store.heat.value;
  const mode = store.view.value.color;
  const coloured = heat !== null && mode !== "none";
  const dots = store.dotTotals.value !== null;
  if (!coloured && !dots) return null;
  return (
    <figure class="legend" aria-label="Legend">
      {coloured && <HeatLegend mode={mode} />}
      {dots && <DotsLegend />}
    </figure>
  );
}

function HeatLegend({ mode }: { mode: Mode }) {
  const store = useStore();
  const [heat, pair, atlas] = [store.heat.value, store.pair.value, store.atlas.value];
  if (!heat) return null;
  const title = mode === "density" && store.view.value.split === "one" ? `Density of ${titleOf(atlas, store.densityOf.value)}` : FIGURES[mode].title;
  const set = store.view.value.scale?.mode === mode;
  return (
    <section>
      <figcaption>
        <span class="legend-title">
          <strong>{title}</strong>
          <Hint of={mode} />
        </span>
        {set ? (
          <button type="button" class="legend-reset" title="Ends from the data again (or double click the scale)" onClick={() => store.go({ scale: null })}>
            reset the range
          </button>
        ) : (
          <span class="faint">{FIGURES[mode].unit}</span>
        )}
      </figcaption>
      <ScaleRange mode={mode} heat={heat} />
      {mode === "copying" && (
        <div class="legend-ends">
          <span>off the data</span>
          <span>copies</span>
        </div>
      )}
      {(mode === "effect" || mode === "contribution") && pair && (
        <div class="legend-ends">
          <span class="second">more {titleOf(atlas, pair[1])}</span>
          <span class="first">more {titleOf(atlas, pair[0])}</span>
        </div>
      )}
    </section>
  );
}

export interface Mark {
  readonly at: number;
  readonly text: string;
}

type Mode = Exclude<ColorMode, "none">;

/** A value of the scale in words: a ratio for an effect, millibits for a contribution. */
export function valueText(value: number, mode: Mode): string {
  if (mode === "effect") return Math.abs(value) < 1e-9 ? "same" : formatRatio(2 ** Math.abs(value));
  if (isPart(mode)) return mode === "copying" ? formatNumber(value, 2) : `${formatNumber(value * 100, 2)}\u202f%`;
  return formatNumber(mode === "contribution" ? Math.abs(value) * 1000 : value, 2);
}

/** Ticks with their text and place, from left to right; `at` says where a value is, by default on the ramp. */
export function marks(scale: Scale, mode: Mode, at: (value: number) => number = (value) => place(scale, value)): Mark[] {
  const side = (end: number): number[] => {
    if (mode === "effect") return [0, Math.abs(end) >= 4 ? Math.sign(end) * Math.floor(Math.abs(end) / 2) : Math.sign(end) * Math.min(1, Math.abs(end)), end];
    const found = ticks(scale, end);
    return scale.signed && found.length > 3 ? found.filter((_, i) => i !== 1) : found;
  };
  const values = [...new Set(scale.signed ? [...side(scale.low).slice(1).reverse(), ...side(scale.high)] : side(scale.high))];
  const isEnd = (value: number): boolean => value === scale.high || (scale.signed && value === scale.low);
  return values.map((value) => ({ at: at(value), text: (isEnd(value) && scale.signed && mode === "effect" ? "≥ " : "") + valueText(value, mode) }));
}
