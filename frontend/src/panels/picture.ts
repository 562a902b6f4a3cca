/** The view as a picture of twice the window's resolution, with a line below that says what it shows. */
import { cssColor } from "../lib/color";
import { FIGURES } from "../lib/figures";
import { titleOf } from "../lib/names";
import type { Store } from "../state/store";
import { marks } from "./Legend";

const RATIO = 2;
const FOOT = 46;

export async function pictureOfView(store: Store): Promise<Blob> {
  const panes = document.querySelector(".map-panes");
  if (!panes) throw new Error("There is no map on the page.");
  const box = panes.getBoundingClientRect();
  const canvas = document.createElement("canvas");
  canvas.width = box.width * RATIO;
  canvas.height = (box.height + FOOT) * RATIO;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser cannot draw a picture that large.");
  const style = getComputedStyle(document.documentElement);
  context.scale(RATIO, RATIO);
  context.fillStyle = style.getPropertyValue("--ground").trim();
  context.fillRect(0, 0, box.width, box.height + FOOT);
  for (const [element, draw] of store.panes) {
    const at = element.getBoundingClientRect();
    const second = store.view.value.split === "swipe" && element.closest(".second") !== null;
    const cut = second ? store.view.value.swipe * at.width : 0;
    context.save();
    context.beginPath();
    context.rect(at.left - box.left + cut, at.top - box.top, at.width - cut, at.height);
    context.clip();
    if (second) context.fillRect(at.left - box.left, at.top - box.top, at.width, at.height);
    context.translate(at.left - box.left, at.top - box.top);
    await draw(context, RATIO);
    context.restore();
  }
  foot(store, context, box.width, box.height, style);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The picture could not be written."))), "image/png"));
}

function foot(store: Store, context: CanvasRenderingContext2D, width: number, top: number, style: CSSStyleDeclaration): void {
  const { color, split } = store.view.value;
  const [atlas, pair, heat] = [store.atlas.value, store.pair.value, store.heat.value];
  const ink = style.getPropertyValue("--ink").trim();
  context.textBaseline = "middle";
  context.fillStyle = ink;
  context.font = `600 13px ${style.getPropertyValue("--font")}`;
  const names = pair?.map((name) => titleOf(atlas, name)) ?? [];
  context.fillText(`${atlas?.title ?? ""} · ${store.layer.value?.name ?? ""} · ${store.size.value ?? ""} grid`, 16, top + 15, Math.max(80, width - 300));
  context.font = `12px ${style.getPropertyValue("--font")}`;
  context.fillText(names.join(split === "one" ? " against " : " | "), 16, top + 33, Math.max(80, width - 300));
  if (!heat || color === "none") return;
  const [left, length] = [width - 236, 220];
  for (let i = 0; i < length; i++) {
    context.fillStyle = cssColor(store.ramp.value, i / (length - 1));
    context.fillRect(left + i, top + 20, 1.5, 8);
  }
  context.fillStyle = ink;
  context.font = `11px ${style.getPropertyValue("--font")}`;
  const says = color === "density" || names.length < 2 ? `${FIGURES[color].title}, ${FIGURES[color].unit}` : `${FIGURES[color].title}: more ${names[1]} ← → more ${names[0]}`;
  context.fillText(says, left, top + 10, length);
  for (const mark of marks(heat.scale, color)) {
    context.textAlign = mark.at === 0 ? "left" : mark.at === 1 ? "right" : "center";
    context.fillText(mark.text, left + mark.at * length, top + 37);
  }
  context.textAlign = "left";
}
