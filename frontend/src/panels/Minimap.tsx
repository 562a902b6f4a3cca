/** The whole map, small, in the colours of the heat, with the window on it: dragged or clicked, it moves the window. Keys pan without it. */
import { useComputed, useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { paintHeat } from "../lib/heat";
import type { MapControls } from "../state/keys";
import { useStore } from "./context";
import "./Minimap.css";

/** What a cell keeps of its colour that is not certain: the map's shape must be seen. */
const FAINTEST = 95;

export function Minimap({ controls }: { controls: { readonly current: MapControls | null } }) {
  const store = useStore();
  // At home the window is the map.
  const shown = useComputed(() => {
    const { x, y, width, height } = store.bounds.value;
    return x > 0.002 || y > 0.002 || x + width < 0.998 || y + height < 0.998;
  });
  return shown.value ? <Small controls={controls} /> : null;
}

function Small({ controls }: { controls: { readonly current: MapControls | null } }) {
  const store = useStore();
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLElement>(null);
  useSignalEffect(() => {
    const [table, heat, ramp] = [store.table.value, store.heat.value, store.ramp.value];
    if (!canvas.current || !table) return;
    const { size } = table;
    const pixels = new Uint8ClampedArray(size * size * 4);
    if (heat) paintHeat(table, heat, ramp, 1, pixels);
    for (let at = 0; at < table.index.length; at++) {
      if ((table.index[at] ?? -1) < 0) continue;
      if (!heat) pixels.fill(140, 4 * at, 4 * at + 3);
      pixels[4 * at + 3] = Math.max(FAINTEST, pixels[4 * at + 3] ?? 0);
    }
    canvas.current.width = canvas.current.height = size;
    canvas.current.getContext("2d")?.putImageData(new ImageData(pixels, size, size), 0, 0);
  });
  useSignalEffect(() => {
    const { x, y, width, height } = store.bounds.value;
    const [left, top] = [Math.max(0, x), Math.max(0, y)];
    Object.assign(frame.current?.style ?? {}, {
      left: `${left * 100}%`,
      top: `${top * 100}%`,
      width: `${Math.max(0, Math.min(1, x + width) - left) * 100}%`,
      height: `${Math.max(0, Math.min(1, y + height) - top) * 100}%`,
    });
  });
  const go = (event: PointerEvent & { readonly currentTarget: HTMLElement }): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const inside = (v: number): number => Math.min(1, Math.max(0, v));
    controls.current?.centre({ x: inside((event.clientX - box.left) / box.width), y: inside((event.clientY - box.top) / box.height) });
  };
  return (
    <div
      class="minimap"
      aria-hidden="true"
      title="Where the window is: drag it"
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        go(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) go(event);
      }}
    >
      <canvas ref={canvas} />
      <i ref={frame} />
    </div>
  );
}
