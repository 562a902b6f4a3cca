/** Icons drawn from their tiles into a picture of any resolution: what the window shows, sharper than the window. */
import type { Frame } from "../lib/geometry";
import type { IconTiles } from "./IconLayer";

export interface Tile {
  readonly level: number;
  readonly column: number;
  readonly row: number;
  /** Place in CSS px of the map. */
  readonly left: number;
  readonly top: number;
  /** CSS px a tile px. */
  readonly scale: number;
}

/** The tiles that a window of CSS px needs at `ratio` px each. */
export function tilesFor(tiles: Pick<IconTiles, "width" | "height" | "tileSize">, frame: Frame, width: number, height: number, ratio: number): Tile[] {
  const full = Math.ceil(Math.log2(Math.max(tiles.width, tiles.height)));
  const drop = Math.max(0, Math.min(full, Math.floor(Math.log2(tiles.width / (frame.side * ratio)))));
  const scale = (frame.side / tiles.width) * 2 ** drop;
  const side = tiles.tileSize * scale;
  const count = (px: number): number => Math.ceil(Math.ceil(px / 2 ** drop) / tiles.tileSize);
  const found: Tile[] = [];
  for (let row = 0; row < count(tiles.height); row++) {
    for (let column = 0; column < count(tiles.width); column++) {
      const [left, top] = [frame.left + column * side, frame.top + row * side];
      if (left + side > 0 && top + side > 0 && left < width && top < height) found.push({ level: full - drop, column, row, left, top, scale });
    }
  }
  return found;
}

/** Draws them; what cannot be loaded is left out. `context` is in CSS px of the map. */
export async function drawTiles(context: CanvasRenderingContext2D, tiles: IconTiles, frame: Frame, width: number, height: number, ratio: number): Promise<void> {
  const loaded = await Promise.all(tilesFor(tiles, frame, width, height, ratio).map(async (tile) => ({ tile, image: await load(tiles.tileUrl(tile.level, tile.column, tile.row)) })));
  for (const { tile, image } of loaded) {
    if (image) context.drawImage(image, tile.left, tile.top, image.naturalWidth * tile.scale, image.naturalHeight * tile.scale);
  }
}

function load(url: string): Promise<HTMLImageElement | null> {
  return new Promise((resolve) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = () => resolve(null);
    image.src = url;
  });
}
