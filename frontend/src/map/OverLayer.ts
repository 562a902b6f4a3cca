/** A canvas over heat and veil, as large as the window, for what no colour is to lie on; there only while it has something to show. */

const MOST_RATIO = 2;

export class OverLayer {
  private readonly canvas = document.createElement("canvas");

  constructor(parent: HTMLElement) {
    this.canvas.className = "map-over";
    this.canvas.style.display = "none";
    parent.append(this.canvas);
  }

  /**
   * Draw a frame anew.
   *
   * @param needed whether there is anything to draw.
   * @param draw in CSS px of the map.
   */
  show(width: number, height: number, needed: boolean, draw: (context: CanvasRenderingContext2D) => void): void {
    const { canvas } = this;
    canvas.style.display = needed ? "" : "none";
    const context = needed ? canvas.getContext("2d") : null;
    if (!context) return;
    const ratio = Math.min(MOST_RATIO, window.devicePixelRatio || 1);
    const [columns, rows] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== columns) canvas.width = columns;
    if (canvas.height !== rows) canvas.height = rows;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    draw(context);
  }
}
