/** Where one looks: the way from a viewpoint to OpenSeadragon's viewport and back, the limits of zoom, and what a new size of the window does. */
import OpenSeadragon from "openseadragon";
import type { Frame, Point, Rect } from "../lib/geometry";
import type { Viewpoint } from "../state/view";
import { flight } from "./flight";
import { settled } from "./settle";

/** How much of the shorter side the whole map takes at home. */
const HOME = 0.94;
const WHOLE: Viewpoint = { x: 0.5, y: 0.5, zoom: HOME };
/** The largest cell on screen, CSS px. */
const LARGEST_CELL = 460;
/** Beyond so many windows the way is flown. */
const FAR = 1.2;
const FLIGHT_MS = 300;
const FLIGHT_MOST_MS = 1400;
/** Room around what is brought into sight, as a part of the window's shorter side. */
const MARGIN = 0.06;

export class Camera {
  width = 0;
  height = 0;
  private home = true;
  private finest = 10;
  private ready = false;
  private wanted: Viewpoint | null = null;
  private flying = 0;

  /** `still`: whether the person asks for no motion. */
  constructor(
    private readonly viewer: OpenSeadragon.Viewer,
    private readonly element: HTMLElement,
    private readonly still: { readonly matches: boolean },
  ) {
    this.width = element.clientWidth;
    this.height = element.clientHeight;
    for (const name of ["canvas-drag", "canvas-scroll", "canvas-pinch", "canvas-double-click"] as const) {
      viewer.addHandler(name as "canvas-drag", () => {
        this.home = false;
        this.stop();
      });
    }
    viewer.addHandler("canvas-press", () => this.stop());
  }

  /** The viewer can be moved from now on: go to where it was last told to. */
  begin(): void {
    this.ready = true;
    this.look(this.wanted, true);
  }

  /** Where one looks; null at home. */
  viewpoint(): Viewpoint | null {
    if (this.home) return null;
    const centre = this.viewer.viewport.getCenter(false);
    return { x: centre.x, y: centre.y, zoom: (this.viewer.viewport.getZoom(false) * this.width) / Math.min(this.width, this.height) };
  }

  /** How the square lies on the screen in this frame. */
  frame(): Frame {
    const { viewport } = this.viewer;
    const side = viewport.getZoom(true) * this.width;
    const centre = viewport.getCenter(true);
    return { side, left: this.width / 2 - centre.x * side, top: this.height / 2 - centre.y * side };
  }

  /** The map's side on screen at a viewpoint, CSS px. */
  sideAt(viewpoint: Viewpoint | null): number {
    return (viewpoint?.zoom ?? HOME) * Math.min(this.width, this.height);
  }

  /** Go there; null is home. @returns whether the viewer could be moved already. */
  look(viewpoint: Viewpoint | null, immediately = false): boolean {
    this.wanted = viewpoint;
    if (!this.ready) return false;
    this.stop();
    this.home = viewpoint === null;
    if (this.home) this.limit();
    const there = viewpoint ?? WHOLE;
    if (immediately || this.still.matches) this.place(there, true);
    else this.go(there);
    return true;
  }

  /** Bring a part of the map into sight, with as little motion as it takes; at home all of it is. */
  reveal(rect: Rect): void {
    if (this.home) return;
    const bounds = this.viewer.viewport.getBounds(false);
    const margin = MARGIN * Math.min(bounds.width, bounds.height);
    const shift = (low: number, high: number, from: number, length: number): number => {
      if (high - low > length - 2 * margin) return (low + high) / 2 - (from + length / 2);
      if (low < from + margin) return low - from - margin;
      return high > from + length - margin ? high - from - length + margin : 0;
    };
    const dx = shift(rect.x, rect.x + rect.width, bounds.x, bounds.width);
    const dy = shift(rect.y, rect.y + rect.height, bounds.y, bounds.height);
    if (Math.abs(dx) < 1e-6 && Math.abs(dy) < 1e-6) return;
    this.stop();
    const { x, y } = bounds.getCenter();
    const there = { x: x + dx, y: y + dy, zoom: this.width / (bounds.width * Math.min(this.width, this.height)) };
    if (this.still.matches) this.place(there, true);
    else this.go(there);
  }

  /** Move the centre there, at once. */
  centre(place: Point): void {
    this.stop();
    this.home = false;
    this.viewer.viewport.panTo(new OpenSeadragon.Point(place.x, place.y), true);
    this.viewer.forceRedraw();
  }

  /** Zoom about the centre, or about a point of the map. */
  zoomBy(factor: number, about?: Point): void {
    this.home = false;
    this.stop();
    this.viewer.viewport.zoomBy(factor, about && new OpenSeadragon.Point(about.x, about.y), this.still.matches);
    this.viewer.viewport.applyConstraints(this.still.matches);
  }

  /** Pan by parts of the window. */
  panBy(dx: number, dy: number): void {
    this.home = false;
    this.stop();
    const bounds = this.viewer.viewport.getBounds(false);
    this.viewer.viewport.panBy(new OpenSeadragon.Point(dx * bounds.width, dy * bounds.height), this.still.matches);
    this.viewer.viewport.applyConstraints(this.still.matches);
  }

  /** The finest grid there is: it limits how deep one can go. */
  setFinest(size: number): void {
    this.finest = size;
    this.limit();
  }

  /**
   * The element may have another size. What is seen stays where it is at first, and then glides: at home to the whole map, else only
   * as far as the freed space asks for, at the same scale. @returns whether it has.
   */
  resize(): boolean {
    const [width, height] = [this.element.clientWidth, this.element.clientHeight];
    if (width === 0 || height === 0 || (width === this.width && height === this.height)) return false;
    const [old, before] = [this.frame(), { width: this.width, height: this.height }];
    this.stop();
    [this.width, this.height] = [width, height];
    (this.viewer.viewport.resize as (size: OpenSeadragon.Point, maintain: boolean) => void).call(this.viewer.viewport, new OpenSeadragon.Point(width, height), false);
    this.limit();
    const at = (left: number, top: number): Viewpoint => ({ x: (width / 2 - left) / old.side, y: (height / 2 - top) / old.side, zoom: old.side / Math.min(width, height) });
    this.place(at(old.left, old.top), true);
    const there = this.home ? WHOLE : at(settled(old.left, old.side, before.width, width), settled(old.top, old.side, before.height, height));
    this.place(there, this.still.matches);
    return true;
  }

  /** Near by, the viewer's own spring; to where the window would not show the way, a flight. */
  private go(there: Viewpoint): void {
    const width = (zoom: number): number => this.width / (zoom * Math.min(this.width, this.height));
    const now = this.viewer.viewport.getCenter(true);
    const from = { x: now.x, y: now.y, width: 1 / this.viewer.viewport.getZoom(true) };
    const way = flight(from, { x: there.x, y: there.y, width: width(there.zoom) });
    if (Math.hypot(there.x - from.x, there.y - from.y) < FAR * Math.min(from.width, width(there.zoom))) {
      this.place(there, false);
      return;
    }
    const took = Math.min(FLIGHT_MOST_MS, FLIGHT_MS * way.length);
    const begin = performance.now();
    const step = (time: number): void => {
      const t = Math.min(1, Math.max(0, (time - begin) / took));
      // Slow at both ends.
      const at = way.at(t * t * (3 - 2 * t));
      this.place({ x: at.x, y: at.y, zoom: this.width / (at.width * Math.min(this.width, this.height)) }, true);
      this.flying = t < 1 ? requestAnimationFrame(step) : 0;
    };
    this.flying = requestAnimationFrame(step);
  }

  /** A person who moves the map, or another aim, ends a flight where it is. */
  stop(): void {
    cancelAnimationFrame(this.flying);
    this.flying = 0;
  }

  private place(viewpoint: Viewpoint, immediately: boolean): void {
    const { viewport } = this.viewer;
    viewport.zoomTo((viewpoint.zoom * Math.min(this.width, this.height)) / this.width, undefined, immediately);
    viewport.panTo(new OpenSeadragon.Point(viewpoint.x, viewpoint.y), immediately);
    this.viewer.forceRedraw();
  }

  private limit(): void {
    const viewport = this.viewer.viewport as unknown as { maxZoomLevel: number; minZoomLevel: number };
    viewport.maxZoomLevel = (this.finest * LARGEST_CELL) / Math.max(1, this.width);
    viewport.minZoomLevel = (0.5 * Math.min(this.width, this.height)) / Math.max(1, this.width);
  }
}
