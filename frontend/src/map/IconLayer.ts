/**
 * The icons: one Deep Zoom pyramid on the unit square, and how another takes its place. The old icons stay until the new ones are
 * there to be seen, then the one fades into the other.
 */
import type OpenSeadragon from "openseadragon";

/** A Deep Zoom pyramid without overlap; its description is known, so that its tiles are asked for at once. */
export interface IconTiles {
  /** Names the pyramid and its version. */
  readonly key: string;
  readonly width: number;
  readonly height: number;
  readonly tileSize: number;
  tileUrl(level: number, column: number, row: number): string;
}

export interface IconEvents {
  /** Icons could not be read; showing them again tries again. */
  failed(): void;
  /** Icons were read. */
  loaded(): void;
}

/** As long as a person would wait for new icons before the old ones go. */
const PATIENCE_MS = 700;

export class IconLayer {
  private tiles: IconTiles | null = null;
  private key: string | null = null;
  /** The newest, perhaps not seen yet. */
  private item: OpenSeadragon.TiledImage | null = null;
  /** What is seen until the newest is. */
  private visible: OpenSeadragon.TiledImage | null = null;
  /** The newest fades in, or has. */
  private begun = false;
  private token = 0;
  private alive = true;

  constructor(
    private readonly viewer: OpenSeadragon.Viewer,
    private readonly still: { readonly matches: boolean },
    private readonly fadeMs: number,
    events: IconEvents,
  ) {
    viewer.addHandler("tile-load-failed", (event) => {
      if (event.tiledImage !== this.item) return;
      this.key = null;
      events.failed();
    });
    viewer.addHandler("tile-loaded", (event) => {
      if (event.tiledImage === this.item) events.loaded();
    });
  }

  /** Show the icons of a pyramid, or none. */
  show(tiles: IconTiles | null): void {
    const key = tiles?.key ?? null;
    if (key === this.key) return;
    // No closure below may name the icons before: OpenSeadragon keeps `getTileUrl`, and each pyramid would hold the one before it.
    const opacity = this.settle() ? 0 : 1;
    const token = ++this.token;
    this.key = key;
    this.tiles = tiles;
    this.item = null;
    if (!tiles) {
      this.fade(null, token);
      return;
    }
    this.viewer.addTiledImage({
      tileSource: {
        width: tiles.width,
        height: tiles.height,
        tileSize: tiles.tileSize,
        tileOverlap: 0,
        getTileUrl: (level: number, x: number, y: number) => tiles.tileUrl(level, x, y),
      } as never,
      x: 0,
      y: 0,
      width: 1,
      opacity,
      preload: true,
      success: (event) => {
        const item = (event as unknown as { item: OpenSeadragon.TiledImage }).item;
        if (!this.alive || token !== this.token) {
          this.viewer.world.removeItem(item);
          return;
        }
        this.item = item;
        if (this.visible) this.whenSeen(item, () => this.fade(item, token));
        else this.fade(item, token);
      },
    });
  }

  /** What is shown, or on its way. */
  shown(): IconTiles | null {
    return this.tiles;
  }

  destroy(): void {
    this.alive = false;
  }

  private whenSeen(item: OpenSeadragon.TiledImage, then: () => void): void {
    let done = false;
    const start = (): void => {
      if (done || !this.alive) return;
      done = true;
      then();
    };
    if (item.getFullyLoaded()) start();
    else item.addOnceHandler("fully-loaded-change", start);
    window.setTimeout(start, PATIENCE_MS);
  }

  /**
   * Ends a fade that is under way and forgets icons that were not seen yet; returns what is seen now. So however fast layers and
   * grids follow each other, no more than two pyramids are there: each that fades costs as much as all the rest of a frame.
   */
  private settle(): OpenSeadragon.TiledImage | null {
    if (this.begun) this.visible = this.item;
    this.begun = false;
    this.visible?.setOpacity(1);
    this.dropAllBut(this.visible);
    return this.visible;
  }

  private fade(item: OpenSeadragon.TiledImage | null, token: number): void {
    if (token !== this.token) return;
    this.begun = true;
    const end = (): void => {
      this.settle();
      this.whenSharp(item);
    };
    if (this.still.matches || !this.visible) {
      end();
      return;
    }
    const begin = performance.now();
    const step = (now: number): void => {
      if (!this.alive || token !== this.token) return;
      const t = Math.min(1, (now - begin) / this.fadeMs);
      item?.setOpacity(t);
      if (t < 1) requestAnimationFrame(step);
      else end();
    };
    requestAnimationFrame(step);
  }

  /** Leaves a mark in the browser's own timeline once everything in the window is shown as sharp as there is. */
  private whenSharp(item: OpenSeadragon.TiledImage | null): void {
    if (!item) return;
    const mark = (): void => void (item === this.item && performance.mark("ganatlas:sharp"));
    if (item.getFullyLoaded()) mark();
    else item.addOnceHandler("fully-loaded-change", mark);
  }

  /** Take away all icons but these and the empty picture at the bottom. */
  private dropAllBut(kept: OpenSeadragon.TiledImage | null): void {
    for (let i = this.viewer.world.getItemCount() - 1; i > 0; i--) {
      const item = this.viewer.world.getItemAt(i);
      if (item !== kept) this.viewer.world.removeItem(item);
    }
  }
}
