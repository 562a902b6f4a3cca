/** Outlines of cells, as elements that follow the map: hovering and selecting draw nothing. */
import type { Frame, Rect } from "../lib/geometry";

/** The smallest outline, CSS px: a cell must be found when the whole map is in sight. */
const LEAST = 4;

export class Outlines {
  private readonly shown = new Map<string, { element: HTMLElement; rect: Rect }>();

  constructor(private readonly parent: HTMLElement) {}

  /** Show, move or (null) take away the outline of a name ("hit 3"); its class is `map-outline-` and the name's first word, the second is shown. */
  set(name: string, rect: Rect | null, frame: Frame): void {
    const known = this.shown.get(name);
    if (!rect) {
      known?.element.remove();
      this.shown.delete(name);
      return;
    }
    const element = known?.element ?? document.createElement("div");
    if (!known) {
      const [kind, text] = name.split(" ");
      element.className = `map-outline map-outline-${kind}`;
      if (text) element.dataset["text"] = text;
      this.parent.append(element);
    }
    this.shown.set(name, { element, rect });
    lay(element, rect, frame);
  }

  /** Into a picture, in CSS px of the map. */
  drawOn(context: CanvasRenderingContext2D, frame: Frame): void {
    for (const { element, rect } of this.shown.values()) {
      if (element.classList.contains("map-outline-hovered")) continue;
      context.strokeStyle = getComputedStyle(element).borderTopColor;
      context.lineWidth = 2;
      context.strokeRect(frame.left + rect.x * frame.side + 1, frame.top + rect.y * frame.side + 1, rect.width * frame.side - 2, rect.height * frame.side - 2);
    }
  }

  follow(frame: Frame): void {
    for (const { element, rect } of this.shown.values()) lay(element, rect, frame);
  }
}

function lay(element: HTMLElement, rect: Rect, frame: Frame): void {
  element.style.transform = `translate(${frame.left + rect.x * frame.side}px, ${frame.top + rect.y * frame.side}px)`;
  element.style.width = `${Math.max(LEAST, rect.width * frame.side)}px`;
  element.style.height = `${Math.max(LEAST, rect.height * frame.side)}px`;
}
