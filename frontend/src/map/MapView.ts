/**
 * The map: the one door to this folder, which is the only place that knows OpenSeadragon.
 *
 * Below lie the icons (IconLayer), a Deep Zoom pyramid on the unit square. Over them lies the heat, N × N pixels
 * moved by a CSS transform, and likewise the dots of small cells (Layers). Lines and words, of which there are few in the window when
 * they are seen at all, go into the icons' own canvas: without a GPU a further canvas of the size of the window costs more than
 * everything else in a frame. Outlines of the hovered and the selected cell are elements, so that hovering draws nothing.
 * Where one looks is Camera's.
 */
import type OpenSeadragon from "openseadragon";
import type { Point, Rect } from "../lib/geometry";
import type { Viewpoint } from "../state/view";
import type { Areas } from "./AreaLayer";
import { Camera } from "./Camera";
import type { HeatPicture } from "./HeatLayer";
import { IconLayer, type IconEvents, type IconTiles } from "./IconLayer";
import { Layers } from "./Layers";
import type { Marks } from "./MarksLayer";
import { drawTiles } from "./picture";
import type { Drawn } from "./PointsLayer";
import { holdSquare, openViewer } from "./viewer";

export type { IconTiles };

export interface MapEvents extends IconEvents {
  /** The pointer is over a point of the map, at CSS px of the element; null when it left. */
  hover(point: Point | null, left: number, top: number): void;
  pick(point: Point): void;
  /** The person, or an animation that they started, moved the map; it may not be at rest yet. */
  moved(viewpoint: Viewpoint | null, bounds: Rect): void;
  /** The map's side on screen changed. */
  scaled(side: number): void;
}

const FADE_MS = 220;
const LATE_MS = 22;
const LATE_FRAMES = 4;

export class MapView {
  readonly camera: Camera;
  private readonly viewer: OpenSeadragon.Viewer;
  private readonly layers: Layers;
  private readonly icons: IconLayer;
  private readonly still = window.matchMedia("(prefers-reduced-motion: reduce)");
  private readonly observer: ResizeObserver;
  private side = 0;
  private smooth = true;
  private last = 0;
  private late = 0;

  constructor(
    private readonly element: HTMLElement,
    private readonly events: MapEvents,
  ) {
    const stage = document.createElement("div");
    stage.className = "map-stage";
    const overlay = document.createElement("div");
    overlay.className = "map-overlay";
    element.append(stage, overlay);
    this.layers = new Layers(overlay);
    this.viewer = openViewer(stage, this.still.matches);
    this.camera = new Camera(this.viewer, element, this.still);
    this.viewer.addHandler("canvas-click", (event) => {
      if (event.quick) this.events.pick(this.pointAt(event.position.x, event.position.y));
    });
    this.viewer.addHandler("update-viewport", () => {
      this.drawOver();
      this.follow();
    });
    holdSquare(this.viewer, () => {
      this.camera.begin();
      this.follow();
    });
    this.icons = new IconLayer(this.viewer, this.still, FADE_MS, events);
    // Frames of a motion alone: where tiles arrive on a map at rest, no end of a motion would bring the smoothing back.
    this.viewer.addHandler("animation", () => this.watchFrames());
    this.viewer.addHandler("animation-finish", () => this.sharpen(true));
    this.viewer.addOnceHandler("tile-drawn" as never, () => performance.mark("ganatlas:first-icon"));
    element.addEventListener("pointermove", this.onPointer);
    element.addEventListener("pointerdown", this.onPointerDown);
    element.addEventListener("pointerleave", this.onLeave);
    this.observer = new ResizeObserver(() => {
      if (this.camera.resize()) this.follow();
    });
    this.observer.observe(element);
  }

  /** Go there; null is home. */
  look(viewpoint: Viewpoint | null, immediately = false): void {
    // While OpenSeadragon still sets itself up: enough to choose the grid by, so that its icons are asked for.
    if (!this.camera.look(viewpoint, immediately)) this.events.scaled(this.camera.sideAt(viewpoint));
    else if (immediately) this.follow();
  }

  /** Show the icons of a pyramid, or none. */
  setIcons(tiles: IconTiles | null): void {
    this.icons.show(tiles);
  }

  setHeat(picture: HeatPicture | null): void {
    this.layers.heat.show(picture, this.still.matches ? 0 : FADE_MS);
    this.layers.heat.follow(this.camera.frame());
  }

  /** A veil over cells that do not matter now; null for none. */
  setVeil(picture: HeatPicture | null): void {
    this.layers.veil.show(picture, this.still.matches ? 0 : FADE_MS);
    this.layers.veil.follow(this.camera.frame());
  }

  setMarks(marks: Marks): void {
    this.layers.marks.show(marks);
    this.layers.words.show(marks, getComputedStyle(this.element).fontFamily);
    this.viewer.forceRedraw();
  }

  /** Cut the icons to areas; null for whole ones. */
  setAreas(areas: Areas | null): void {
    this.layers.areas.show(areas);
    this.viewer.forceRedraw();
  }

  /** Dots, a lasso and rings. */
  setPoints(drawn: Drawn): void {
    this.layers.points.show(drawn);
    this.layers.points.follow(this.camera.frame(), this.camera.width, this.camera.height);
    this.viewer.forceRedraw();
  }

  /** An outline that follows the map, by name (hovered, selected); null takes it away. */
  setOutline(name: string, rect: Rect | null): void {
    this.layers.outlines.set(name, rect, this.camera.frame());
  }

  /** What the window shows, as a picture of more px; `context` is scaled to CSS px with `ratio` px each. */
  async drawOn(context: CanvasRenderingContext2D, ratio: number): Promise<void> {
    const frame = this.camera.frame();
    const { width, height } = this.camera;
    const tiles = this.icons.shown();
    if (tiles) await drawTiles(context, tiles, frame, width, height, ratio);
    this.layers.print(context, frame, width, height);
  }

  /** The point of the map at CSS px of the element. */
  pointAt(left: number, top: number): Point {
    const frame = this.camera.frame();
    return { x: (left - frame.left) / frame.side, y: (top - frame.top) / frame.side };
  }

  destroy(): void {
    this.camera.stop();
    this.icons.destroy();
    this.observer.disconnect();
    this.element.removeEventListener("pointermove", this.onPointer);
    this.element.removeEventListener("pointerdown", this.onPointerDown);
    this.element.removeEventListener("pointerleave", this.onLeave);
    this.viewer.destroy();
    this.element.replaceChildren();
  }

  private readonly onPointer = (event: PointerEvent): void => {
    if (event.pointerType === "touch" || event.buttons !== 0) return;
    const box = this.element.getBoundingClientRect();
    const [left, top] = [event.clientX - box.left, event.clientY - box.top];
    this.events.hover(this.pointAt(left, top), left, top);
  };

  private readonly onPointerDown = (): void => this.events.hover(null, 0, 0);

  private readonly onLeave = (): void => this.events.hover(null, 0, 0);

  /** What is drawn over the icons, into their canvas. */
  private drawOver(): void {
    const { context, canvas } = this.viewer.drawer as unknown as { context: CanvasRenderingContext2D; canvas: HTMLCanvasElement };
    const { width, height } = this.camera;
    const ratio = canvas.width / Math.max(1, width);
    context.save();
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.layers.draw(context, this.camera.frame(), width, height);
    context.restore();
  }

  /** Icons are drawn without smoothing while the map moves and frames come late, as without a GPU; at rest always with it. */
  private sharpen(smooth: boolean): void {
    if (smooth === this.smooth) return;
    this.smooth = smooth;
    this.late = 0;
    this.viewer.drawer.setImageSmoothingEnabled(smooth);
    this.viewer.forceRedraw();
  }

  private watchFrames(): void {
    const now = performance.now();
    const took = now - this.last;
    this.last = now;
    // A longer pause is no frame of the same motion.
    if (took > LATE_MS && took < 250) this.late++;
    else this.late = Math.max(0, this.late - 1);
    if (this.late > LATE_FRAMES) this.sharpen(false);
  }

  /** One frame: move what lies on top along with the icons, and say where the map is. */
  private follow(): void {
    const frame = this.camera.frame();
    this.layers.follow(frame, this.camera.width, this.camera.height);
    if (Math.abs(frame.side - this.side) > 0.25) {
      this.side = frame.side;
      this.events.scaled(frame.side);
    }
    const { width, height } = this.camera;
    this.events.moved(this.camera.viewpoint(), { x: -frame.left / frame.side, y: -frame.top / frame.side, width: width / frame.side, height: height / frame.side });
  }
}
