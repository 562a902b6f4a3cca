/**
 * The map: the one module that touches OpenSeadragon.
 *
 * Below lie the icons, a Deep Zoom pyramid on the unit square. Over them lies the heat, N × N pixels
 * moved by a CSS transform, and likewise the dots of small cells. Lines and words, of which there are few in the window when
 * they are seen at all, go into the icons' own canvas: without a GPU a further canvas of the size of the window costs more than
 * everything else in a frame. Outlines of the hovered and the selected cell are elements, so that hovering draws nothing.
 */
import OpenSeadragon from "openseadragon";
import type { Frame, Point, Rect } from "../lib/geometry";
import type { Viewpoint } from "../state/view";
import { AreaLayer, type Areas } from "./AreaLayer";
import { HeatLayer, type HeatPicture } from "./HeatLayer";
import { IconLayer, type IconTiles } from "./IconLayer";
import { MarksLayer, type Marks } from "./MarksLayer";
import { Outlines } from "./Outlines";
import { drawTiles } from "./picture";
import { PointsLayer, type Drawn } from "./PointsLayer";

export type { IconTiles };

export interface MapEvents {
  /** The pointer is over a point of the map, at CSS px of the element; null when it left. */
  hover(point: Point | null, left: number, top: number): void;
  pick(point: Point): void;
  /** The person, or an animation that they started, moved the map; it may not be at rest yet. */
  moved(viewpoint: Viewpoint | null): void;
  /** The map's side on screen changed. */
  scaled(side: number): void;
  /** Icons could not be read; setting them again tries again. */
  failed(): void;
  /** Icons were read. */
  loaded(): void;
}

/** How much of the shorter side the whole map takes at home. */
const HOME = 0.94;
const FADE_MS = 220;
const LATE_MS = 22;
const LATE_FRAMES = 4;
/** The largest cell on screen, CSS px. */
const LARGEST_CELL = 460;

export class MapView {
  private readonly viewer: OpenSeadragon.Viewer;
  private readonly heat: HeatLayer;
  private readonly veil: HeatLayer;
  private readonly marks: MarksLayer;
  private readonly areas = new AreaLayer();
  private readonly points: PointsLayer;
  private readonly outlines: Outlines;
  private readonly icons: IconLayer;
  private readonly overlay: HTMLElement;
  private readonly still = window.matchMedia("(prefers-reduced-motion: reduce)");
  private readonly observer: ResizeObserver;
  private home = true;
  private side = 0;
  private width = 0;
  private height = 0;
  private finest = 10;
  private ready = false;
  private smooth = true;
  private last = 0;
  private late = 0;
  private wanted: Viewpoint | null = null;

  constructor(
    private readonly element: HTMLElement,
    private readonly events: MapEvents,
  ) {
    const stage = document.createElement("div");
    stage.className = "map-stage";
    this.overlay = document.createElement("div");
    this.overlay.className = "map-overlay";
    element.append(stage, this.overlay);
    this.heat = new HeatLayer(this.overlay);
    const over = document.createElement("div");
    this.overlay.append(over);
    this.veil = new HeatLayer(over, "map-veil");
    this.marks = new MarksLayer(this.overlay);
    this.points = new PointsLayer(this.overlay);
    this.outlines = new Outlines(this.overlay);
    this.width = element.clientWidth;
    this.height = element.clientHeight;

    this.viewer = OpenSeadragon({
      element: stage,
      drawer: "canvas",
      showNavigationControl: false,
      autoResize: false,
      tabIndex: -1,
      visibilityRatio: 0.2,
      constrainDuringPan: false,
      minZoomImageRatio: 0.5,
      maxZoomPixelRatio: 1000,
      animationTime: this.still.matches ? 0 : 0.45,
      springStiffness: 9,
      zoomPerScroll: 1.3,
      blendTime: 0,
      imageLoaderLimit: 8,
      maxImageCacheCount: 600,
      placeholderFillStyle: "transparent",
      gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true, scrollToZoom: true, flickEnabled: false },
      gestureSettingsTouch: { clickToZoom: false, dblClickToZoom: true, pinchToZoom: true, flickEnabled: true, flickMinSpeed: 160, flickMomentum: 0.2 },
      gestureSettingsPen: { clickToZoom: false, dblClickToZoom: true },
    } as OpenSeadragon.Options);
    // The page has keys of its own.
    this.viewer.addHandler("canvas-key", (event) => (event.preventDefaultAction = true));
    this.viewer.addHandler("canvas-click", (event) => {
      if (event.quick) this.events.pick(this.pointAt(event.position.x, event.position.y));
    });
    this.viewer.addHandler("update-viewport", () => {
      this.watchFrames();
      this.drawOver();
      this.follow();
    });
    for (const name of ["canvas-drag", "canvas-scroll", "canvas-pinch", "canvas-double-click"] as const) {
      this.viewer.addHandler(name as "canvas-drag", () => (this.home = false));
    }
    // A picture without tiles that is always there: it holds the square in place where no icons exist.
    this.viewer.addTiledImage({
      tileSource: { width: 1024, height: 1024, tileSize: 1024, getTileUrl: () => "", tileExists: () => false } as never,
      x: 0,
      y: 0,
      width: 1,
      success: () => {
        this.ready = true;
        this.look(this.wanted, true);
      },
    });
    this.icons = new IconLayer(this.viewer, this.still, FADE_MS, events);
    this.viewer.addHandler("animation-finish", () => this.sharpen(true));
    this.viewer.addOnceHandler("tile-drawn" as never, () => performance.mark("ganatlas:first-icon"));
    element.addEventListener("pointermove", this.onPointer);
    element.addEventListener("pointerdown", this.onPointerDown);
    element.addEventListener("pointerleave", this.onLeave);
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(element);
  }

  /** Where one looks; null at home. */
  viewpoint(): Viewpoint | null {
    if (this.home) return null;
    const centre = this.viewer.viewport.getCenter(false);
    return { x: centre.x, y: centre.y, zoom: (this.viewer.viewport.getZoom(false) * this.width) / Math.min(this.width, this.height) };
  }

  /** Go there; null is home. */
  look(viewpoint: Viewpoint | null, immediately = false): void {
    this.wanted = viewpoint;
    if (!this.ready) {
      // Enough to choose the grid by, so that its icons are asked for while OpenSeadragon still sets itself up.
      this.events.scaled((viewpoint?.zoom ?? HOME) * Math.min(this.width, this.height));
      return;
    }
    if (!viewpoint) {
      this.goHome(immediately);
      return;
    }
    this.home = false;
    this.place(viewpoint, immediately || this.still.matches);
  }

  /** Bring a part of the map into sight, with as little motion as it takes. */
  reveal(rect: Rect): void {
    const bounds = this.viewer.viewport.getBounds(false);
    const margin = 0.06 * Math.min(bounds.width, bounds.height);
    const shift = (low: number, high: number, from: number, length: number): number => {
      if (high - low > length - 2 * margin) return (low + high) / 2 - (from + length / 2);
      if (low < from + margin) return low - from - margin;
      return high > from + length - margin ? high - from - length + margin : 0;
    };
    const dx = shift(rect.x, rect.x + rect.width, bounds.x, bounds.width);
    const dy = shift(rect.y, rect.y + rect.height, bounds.y, bounds.height);
    if (Math.abs(dx) < 1e-6 && Math.abs(dy) < 1e-6) return;
    this.home = false;
    this.viewer.viewport.panBy(new OpenSeadragon.Point(dx, dy), this.still.matches);
  }

  /** Zoom about the centre, or about a point of the map. */
  zoomBy(factor: number, about?: Point): void {
    this.home = false;
    this.viewer.viewport.zoomBy(factor, about && new OpenSeadragon.Point(about.x, about.y), this.still.matches);
    this.viewer.viewport.applyConstraints(this.still.matches);
  }

  /** Pan by parts of the window. */
  panBy(dx: number, dy: number): void {
    this.home = false;
    const bounds = this.viewer.viewport.getBounds(false);
    this.viewer.viewport.panBy(new OpenSeadragon.Point(dx * bounds.width, dy * bounds.height), this.still.matches);
    this.viewer.viewport.applyConstraints(this.still.matches);
  }

  /** Show the icons of a pyramid, or none. */
  setIcons(tiles: IconTiles | null): void {
    this.icons.show(tiles);
  }

  setHeat(picture: HeatPicture | null): void {
    this.heat.show(picture, this.still.matches ? 0 : FADE_MS);
    this.heat.follow(this.frame());
  }

  /** A veil over cells that do not matter now; null for none. */
  setVeil(picture: HeatPicture | null): void {
    this.veil.show(picture, this.still.matches ? 0 : FADE_MS);
    this.veil.follow(this.frame());
  }

  setMarks(marks: Marks): void {
    this.marks.show(marks, getComputedStyle(this.element).fontFamily);
    this.viewer.forceRedraw();
  }

  /** Cut the icons to areas; null for whole ones. */
  setAreas(areas: Areas | null): void {
    this.areas.show(areas);
    this.viewer.forceRedraw();
  }

  /** Dots, a lasso and rings. */
  setPoints(drawn: Drawn): void {
    this.points.show(drawn);
    this.points.follow(this.frame(), this.width, this.height);
    this.viewer.forceRedraw();
  }

  /** An outline that follows the map, by name (hovered, selected); null takes it away. */
  setOutline(name: string, rect: Rect | null): void {
    this.outlines.set(name, rect, this.frame());
  }

  /** What the window shows, as a picture of more px; `context` is scaled to CSS px with `ratio` px each. */
  async drawOn(context: CanvasRenderingContext2D, ratio: number): Promise<void> {
    const frame = this.frame();
    const [width, height] = [this.width, this.height];
    const tiles = this.icons.shown();
    if (tiles) await drawTiles(context, tiles, frame, width, height, ratio);
    this.areas.draw(context, frame, width, height);
    this.marks.draw(context, frame, width, height);
    this.points.draw(context, frame, width, height);
    this.heat.drawOn(context, frame);
    this.veil.drawOn(context, frame);
    this.marks.drawBaked(context, frame);
    this.points.drawPainted(context, frame);
    this.outlines.drawOn(context, frame);
  }

  /** The finest grid there is: it limits how deep one can go. */
  setFinest(size: number): void {
    this.finest = size;
    this.limit();
  }

  destroy(): void {
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

  /** The point of the map at CSS px of the element. */
  pointAt(left: number, top: number): Point {
    const frame = this.frame();
    return { x: (left - frame.left) / frame.side, y: (top - frame.top) / frame.side };
  }

  private frame(): Frame {
    const { viewport } = this.viewer;
    const side = viewport.getZoom(true) * this.width;
    const centre = viewport.getCenter(true);
    return { side, left: this.width / 2 - centre.x * side, top: this.height / 2 - centre.y * side };
  }

  private goHome(immediately = false): void {
    this.home = true;
    this.limit();
    this.place({ x: 0.5, y: 0.5, zoom: HOME }, immediately || this.still.matches);
  }

  private place(viewpoint: Viewpoint, immediately: boolean): void {
    const { viewport } = this.viewer;
    viewport.zoomTo((viewpoint.zoom * Math.min(this.width, this.height)) / this.width, undefined, immediately);
    viewport.panTo(new OpenSeadragon.Point(viewpoint.x, viewpoint.y), immediately);
    if (immediately) this.follow();
    this.viewer.forceRedraw();
  }

  private limit(): void {
    const viewport = this.viewer.viewport as unknown as { maxZoomLevel: number; minZoomLevel: number };
    viewport.maxZoomLevel = (this.finest * LARGEST_CELL) / Math.max(1, this.width);
    viewport.minZoomLevel = (0.5 * Math.min(this.width, this.height)) / Math.max(1, this.width);
  }

  /** The element has another size: at home stay at home, else keep the scale and what is at the top left. */
  private resize(): void {
    const [width, height] = [this.element.clientWidth, this.element.clientHeight];
    if (width === 0 || height === 0 || (width === this.width && height === this.height)) return;
    const old = this.frame();
    [this.width, this.height] = [width, height];
    (this.viewer.viewport.resize as (size: OpenSeadragon.Point, maintain: boolean) => void).call(this.viewer.viewport, new OpenSeadragon.Point(width, height), false);
    this.limit();
    if (this.home) {
      this.place({ x: 0.5, y: 0.5, zoom: HOME }, true);
    } else {
      const centre = { x: (width / 2 - old.left) / old.side, y: (height / 2 - old.top) / old.side };
      this.place({ ...centre, zoom: old.side / Math.min(width, height) }, true);
    }
  }

  /** Marks, over the icons just drawn. */
  private drawOver(): void {
    const { context, canvas } = this.viewer.drawer as unknown as { context: CanvasRenderingContext2D; canvas: HTMLCanvasElement };
    const ratio = canvas.width / Math.max(1, this.width);
    const frame = this.frame();
    context.save();
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.areas.draw(context, frame, this.width, this.height);
    this.marks.draw(context, frame, this.width, this.height);
    this.points.draw(context, frame, this.width, this.height);
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
    const frame = this.frame();
    this.heat.follow(frame);
    this.veil.follow(frame);
    this.marks.follow(frame);
    this.points.follow(frame, this.width, this.height);
    this.outlines.follow(frame);
    if (Math.abs(frame.side - this.side) > 0.25) {
      this.side = frame.side;
      this.events.scaled(frame.side);
    }
    this.events.moved(this.viewpoint());
  }
}
