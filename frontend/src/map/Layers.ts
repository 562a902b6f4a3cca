/**
 * What lies over the icons, in its order: areas and marks drawn into the icons' own canvas; heat, veil and many dots as pictures that a
 * CSS transform moves; words and few dots in a canvas over these, so that no colour of the heat lies on them; outlines as elements.
 * Each layer is a file of its own; here they are moved, drawn and printed together.
 */
import type { Frame } from "../lib/geometry";
import { AreaLayer } from "./AreaLayer";
import { HeatLayer } from "./HeatLayer";
import { MarksLayer } from "./MarksLayer";
import { Outlines } from "./Outlines";
import { OverLayer } from "./OverLayer";
import { PointsLayer } from "./PointsLayer";
import { WordsLayer } from "./WordsLayer";

export class Layers {
  readonly heat: HeatLayer;
  readonly veil: HeatLayer;
  readonly marks: MarksLayer;
  readonly points: PointsLayer;
  readonly words = new WordsLayer();
  readonly outlines: Outlines;
  readonly areas = new AreaLayer();
  private readonly over: OverLayer;

  constructor(overlay: HTMLElement) {
    this.heat = new HeatLayer(overlay);
    this.marks = new MarksLayer(overlay);
    const veils = document.createElement("div");
    overlay.append(veils);
    this.veil = new HeatLayer(veils, "map-veil");
    this.points = new PointsLayer(overlay);
    this.over = new OverLayer(overlay);
    this.outlines = new Outlines(overlay);
  }

  /** One frame: move along with the icons what is not drawn into their canvas. */
  follow(frame: Frame, width: number, height: number): void {
    this.heat.follow(frame);
    this.veil.follow(frame);
    this.marks.follow(frame);
    this.points.follow(frame, width, height);
    this.over.show(width, height, this.words.shownAt(frame) || this.points.drawsAny(), (context) => this.drawTop(context, frame, width, height));
    this.outlines.follow(frame);
  }

  /** Into the icons' canvas, over the icons just drawn; `context` is in CSS px of the map. */
  draw(context: CanvasRenderingContext2D, frame: Frame, width: number, height: number): void {
    this.areas.draw(context, frame, width, height);
    this.marks.draw(context, frame, width, height);
  }

  /** All of it into a picture, over icons that are there. */
  print(context: CanvasRenderingContext2D, frame: Frame, width: number, height: number): void {
    this.draw(context, frame, width, height);
    this.heat.drawOn(context, frame);
    this.marks.drawBaked(context, frame);
    this.veil.drawOn(context, frame);
    this.points.printMany(context, frame, width, height);
    this.drawTop(context, frame, width, height);
    this.outlines.drawOn(context, frame);
  }

  /** What no colour lies on. */
  private drawTop(context: CanvasRenderingContext2D, frame: Frame, width: number, height: number): void {
    this.words.draw(context, frame, width, height);
    this.points.draw(context, frame, width, height);
  }
}
