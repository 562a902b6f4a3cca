/** The edge between the two maps of a swipe view: dragged, or moved by the arrow keys. */
import { useRef } from "preact/hooks";
import { titleOf } from "../lib/names";
import { useStore } from "./context";
import "./Curtain.css";

const STEP = 0.05;

export function Curtain() {
  const store = useStore();
  const element = useRef<HTMLDivElement>(null);
  const at = store.view.value.swipe;
  const pair = store.pair.value;
  const move = (value: number): void => store.go({ swipe: Number(Math.min(1, Math.max(0, value)).toFixed(3)) });
  return (
    <div
      ref={element}
      class="curtain"
      style={{ left: `${at * 100}%` }}
      role="slider"
      tabIndex={0}
      aria-label={`Edge between ${titleOf(store.atlas.value, pair?.[0] ?? "")} on the left and ${titleOf(store.atlas.value, pair?.[1] ?? "")} on the right`}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(at * 100)}
      onKeyDown={(event) => {
        const step = { ArrowLeft: -STEP, ArrowRight: STEP, Home: -1, End: 1 }[event.key];
        if (step === undefined) return;
        event.preventDefault();
        move(at + step);
      }}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.focus();
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        const box = element.current?.parentElement?.getBoundingClientRect();
        if (box && event.currentTarget.hasPointerCapture(event.pointerId)) move((event.clientX - box.left) / box.width);
      }}
    >
      <span aria-hidden="true">‹ ›</span>
    </div>
  );
}
