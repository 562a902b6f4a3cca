/** Drawing a lasso: while the tool is chosen, dragging draws instead of panning. */
import { useState } from "preact/hooks";
import type { Point } from "../lib/geometry";
import { encloses, simplify } from "../lib/lasso";
import { setTool } from "../state/choosing";
import { useStore } from "./context";

/** Px by which a corner must stand out to be kept. */
const TOLERANCE = 1.5;

export function LassoTool({ pointAt, lead }: { pointAt: (left: number, top: number) => Point; lead: boolean }) {
  const store = useStore();
  const [drawn, setDrawn] = useState<readonly Point[]>([]);
  if (store.tool.value !== "lasso") return null;
  const where = (event: PointerEvent): Point => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const finish = (): void => {
    const points = simplify(drawn, TOLERANCE).map((p) => pointAt(p.x, p.y));
    setDrawn([]);
    const layer = store.layer.value?.name;
    if (!layer || !encloses(points)) return;
    setTool(store, "pan");
    store.go({ lasso: { layer, place: { lasso: points } }, cell: null });
  };
  return (
    <>
      <svg
        class="map-lasso"
        aria-hidden="true"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrawn([where(event)]);
        }}
        onPointerMove={(event) => {
          if (drawn.length > 0) setDrawn([...drawn, where(event)]);
        }}
        onPointerUp={finish}
        onPointerCancel={() => setDrawn([])}
      >
        {drawn.length > 1 && <polygon points={drawn.map((p) => `${p.x},${p.y}`).join(" ")} />}
      </svg>
      {lead && (
        <p class="chip map-lasso-hint" role="status">
          Draw around samples; Esc to stop
        </p>
      )}
    </>
  );
}
