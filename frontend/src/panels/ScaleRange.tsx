/**
 * The colour scale under a histogram of the cells' values, with a handle at each end: dragged with mouse or finger, or moved by keys.
 * The axis reaches over all values; what lies beyond a handle has the colour of the end.
 */
import { useMemo, useRef } from "preact/hooks";
import { cssColor } from "../lib/color";
import type { ColorMode, Heat } from "../lib/heat";
import { axisFor, fromAxis, histogram, toAxis } from "../lib/histogram";
import { place, withEnds } from "../lib/scale";
import { useStore } from "./context";
import { marks, valueText } from "./Legend";

const BINS = 40;
const STEP = 0.02;
/** The least that the handles, or a handle and zero, are apart, as a part of the axis. */
const APART = 0.02;
/** Ticks nearer than this to one that matters more are left out. */
const ROOM = 0.17;

type Which = "low" | "high";

export function ScaleRange({ mode, heat }: { mode: Exclude<ColorMode, "none">; heat: Heat }) {
  const store = useStore();
  const element = useRef<HTMLDivElement>(null);
  const { scale, plain, values, certainty } = heat;
  const ramp = store.ramp.value;
  const axis = useMemo(() => axisFor(values, plain, scale), [values, plain, scale]);
  const bins = useMemo(() => histogram(values, certainty, axis, BINS), [values, certainty, axis]);
  const at = { low: toAxis(axis, scale.low), high: toAxis(axis, scale.high) };
  const most = Math.sqrt(Math.max(1, ...bins.all));

  const move = (which: Which, to: number): void => {
    const zero = axis.signed ? 0.5 : 0;
    const low = axis.signed ? Math.min(to, zero - APART) : Math.min(Math.max(to, 0), at.high - APART);
    const high = axis.signed ? Math.max(to, zero + APART) : Math.max(to, at.low + APART);
    const value = Number(fromAxis(axis, which === "low" ? low : high).toPrecision(3));
    const next = withEnds(plain, which === "low" ? value : scale.low, which === "high" ? value : scale.high);
    store.go({ scale: { mode, low: next.low, high: next.high } });
  };
  const reset = (): void => store.go({ scale: null });

  const handle = (which: Which) => (
    <div
      class={`range-handle ${which}`}
      style={{ left: `${at[which] * 100}%` }}
      role="slider"
      tabIndex={0}
      aria-label={`${which === "low" ? "Lower" : "Upper"} end of the colour scale`}
      aria-valuemin={which === "low" && axis.signed ? -axis.limit : 0}
      aria-valuemax={which === "low" && axis.signed ? 0 : axis.limit}
      aria-valuenow={scale[which]}
      aria-valuetext={ends(which, scale[which], mode)}
      onKeyDown={(event) => {
        const step = { ArrowLeft: -STEP, ArrowDown: -STEP, ArrowRight: STEP, ArrowUp: STEP, PageDown: -5 * STEP, PageUp: 5 * STEP, Home: -1, End: 1 }[event.key];
        if (event.key === "Delete" || event.key === "Backspace") reset();
        else if (step !== undefined) move(which, at[which] + step);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.focus();
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        const box = element.current?.getBoundingClientRect();
        if (box && event.currentTarget.hasPointerCapture(event.pointerId)) move(which, (event.clientX - box.left) / box.width);
      }}
    />
  );
  const ticks = marks(scale, mode, (value) => toAxis(axis, value));
  const [zero, first, last] = [ticks.find((tick) => tick.at === 0.5 && axis.signed), ticks[0], ticks.at(-1)];
  const kept = [first, last, zero].filter((tick) => tick !== undefined);
  const shown = ticks.filter((tick) => kept.includes(tick) || kept.every((other) => Math.abs(other.at - tick.at) > ROOM));
  return (
    <div class="range" ref={element} onDblClick={reset}>
      <svg class="range-bars" viewBox={`0 0 ${BINS} 1`} preserveAspectRatio="none" role="img" aria-label={`How the values of ${values.length} cells are spread`}>
        {Array.from(bins.all, (count, i) => {
          const color = cssColor(ramp, place(scale, fromAxis(axis, (i + 0.5) / BINS)));
          const [all, sure] = [Math.sqrt(count) / most, Math.sqrt(bins.sure[i] ?? 0) / most];
          return (
            <g key={i} fill={color}>
              {all > sure && <rect x={i + 0.08} width={0.84} y={1 - all} height={all} opacity={0.35} />}
              {sure > 0 && <rect x={i + 0.08} width={0.84} y={1 - sure} height={sure} />}
            </g>
          );
        })}
      </svg>
      <div class="range-ramp" style={{ background: gradient(ramp, (t) => place(scale, fromAxis(axis, t))) }} />
      {handle("low")}
      {handle("high")}
      <div class="legend-ticks">
        {shown.map((tick) => (
          <span key={tick.at} class={tick.at < 0.07 ? "start" : tick.at > 0.93 ? "end" : ""} style={{ left: `${tick.at * 100}%` }}>
            {tick.text}
          </span>
        ))}
      </div>
    </div>
  );

  function ends(which: Which, value: number, how: typeof mode): string {
    const pair = store.pair.value;
    return (how === "effect" || how === "contribution") && pair ? `${valueText(value, how)} more ${pair[which === "high" ? 0 : 1]}` : valueText(value, how);
  }
}

function gradient(ramp: Uint8ClampedArray, at: (t: number) => number): string {
  const stops = Array.from({ length: 33 }, (_, i) => cssColor(ramp, at(i / 32)));
  return `linear-gradient(to right, ${stops.join(", ")})`;
}
