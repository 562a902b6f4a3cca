/** The little "?" beside a number: its title, its unit and what it says in one sentence, by its name in lib/figures.ts or itself. */
import { useId, useRef } from "preact/hooks";
import { FIGURES, type Figure, type FigureName } from "../lib/figures";
import "./Hint.css";

const ROOM = 280;

export function Hint({ of }: { of: FigureName | Figure }) {
  const id = useId();
  const sheet = useRef<HTMLDivElement>(null);
  const figure = typeof of === "string" ? FIGURES[of] : of;
  const open = (event: { currentTarget: HTMLElement }): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const element = sheet.current;
    if (!element) return;
    element.style.left = `${Math.max(8, Math.min(box.left - 12, innerWidth - ROOM - 8))}px`;
    if (box.bottom + 140 < innerHeight) Object.assign(element.style, { top: `${box.bottom + 6}px`, bottom: "auto" });
    else Object.assign(element.style, { top: "auto", bottom: `${innerHeight - box.top + 6}px` });
    element.togglePopover();
  };
  return (
    <>
      <button type="button" class="hint" aria-label={`What is ${figure.title}?`} aria-details={id} onClick={open}>
        ?
      </button>
      {/* In the browser's top layer, so that no panel cuts it off. */}
      <div class="hint-sheet" id={id} ref={sheet} popover="auto" role="note">
        <b>{figure.title}</b> {figure.unit && <span class="faint">{figure.unit}</span>}
        <p>{figure.says}</p>
      </div>
    </>
  );
}
