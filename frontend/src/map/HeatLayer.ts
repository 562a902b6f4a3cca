/**
 * The heat: a canvas of one pixel a cell, painted once a colouring and laid over the icons by a CSS transform, without smoothing.
 * In a frame of a drag only the transform changes.
 */
import type { Frame } from "../lib/geometry";

export interface HeatPicture {
  readonly size: number;
  /** RGBA, size × size. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
  /** Layer and grid: a picture of another place fades over, one of the same is recoloured at once. */
  readonly place: string;
}

export class HeatLayer {
  private canvas: HTMLCanvasElement | null = null;
  private place = "";
  private frame: Frame = { side: 1, left: 0, top: 0 };

  /** `name`: class of the canvas. */
  constructor(
    private readonly parent: HTMLElement,
    private readonly name = "map-heat",
  ) {}

  show(picture: HeatPicture | null, fadeMs: number): void {
    if (picture && this.canvas && picture.place === this.place) {
      put(this.canvas, picture);
      return;
    }
    const before = this.canvas;
    if (before) leave(before, fadeMs);
    this.canvas = null;
    if (!picture) return;
    const canvas = document.createElement("canvas");
    canvas.className = this.name;
    canvas.width = canvas.height = picture.size;
    put(canvas, picture);
    this.canvas = canvas;
    this.place = picture.place;
    this.parent.prepend(canvas);
    this.follow(this.frame);
    if (before && fadeMs > 0) canvas.animate([{ opacity: 0 }, { opacity: 1 }], { duration: fadeMs });
  }

  /** Into a picture, in CSS px of the map. */
  drawOn(context: CanvasRenderingContext2D, frame: Frame): void {
    if (this.canvas) drawSquare(context, this.canvas, frame, false);
  }

  follow(frame: Frame): void {
    this.frame = frame;
    if (this.canvas) lay(this.canvas, frame);
  }
}

/** Puts a square canvas where the map is. */
export function lay(canvas: HTMLCanvasElement, frame: Frame): void {
  const scale = frame.side / canvas.width;
  canvas.style.transform = `matrix(${scale}, 0, 0, ${scale}, ${frame.left}, ${frame.top})`;
}

/** Draws a square canvas where the map is. */
export function drawSquare(context: CanvasRenderingContext2D, canvas: HTMLCanvasElement, frame: Frame, smooth: boolean): void {
  context.imageSmoothingEnabled = smooth;
  context.drawImage(canvas, frame.left, frame.top, frame.side, frame.side);
  context.imageSmoothingEnabled = true;
}

function put(canvas: HTMLCanvasElement, picture: HeatPicture): void {
  canvas.getContext("2d")?.putImageData(new ImageData(picture.pixels, picture.size, picture.size), 0, 0);
}

function leave(canvas: HTMLCanvasElement, fadeMs: number): void {
  if (fadeMs <= 0) {
    canvas.remove();
    return;
  }
  canvas.animate([{ opacity: 1 }, { opacity: 0 }], { duration: fadeMs, fill: "forwards" }).onfinish = () => canvas.remove();
}
