/** Which pyramid of icons to show, and where in its tiles the icon of one cell is. */
import type { AtlasView, GridView, PyramidView } from "../api/types";
import type { CellAt } from "./geometry";
import { titleOf } from "./names";

/** An icon wish as it stands in a link: `inverted:joint`; "auto" takes what is there from the first and best understood. */
export interface IconWish {
  readonly kind: "exemplar" | "inverted" | "decoded";
  readonly of: string;
}

export interface IconChoice {
  readonly pyramid: PyramidView;
  /** The wanted icons do not exist on this grid (yet), and these stand in. */
  readonly standIn: boolean;
}

/** Exemplars are written with the cells and are pictures at once; a map must not change under one's eyes as others arrive. */
const BEST_FIRST = ["exemplar", "decoded", "inverted"] as const;

/** The wanted pyramid, else the exemplars of the same dataset, else the joint ones, else any. */
export function chooseIcons(grid: GridView | null, wish: IconWish | "auto" | "none"): IconChoice | null {
  if (!grid || wish === "none") return null;
  const find = (kind: string, of: string): PyramidView | undefined => grid.icons.find((p) => p.kind === kind && p.of === of);
  if (wish === "auto") {
    for (const kind of BEST_FIRST) {
      const pyramid = find(kind, "joint");
      if (pyramid) return { pyramid, standIn: false };
    }
    return grid.icons[0] ? { pyramid: grid.icons[0], standIn: false } : null;
  }
  const exact = find(wish.kind, wish.of);
  if (exact) return { pyramid: exact, standIn: false };
  const other = find("exemplar", wish.of) ?? find("exemplar", "joint") ?? grid.icons[0];
  return other ? { pyramid: other, standIn: true } : null;
}

/** Every kind of icon that any of the grids has, in a fixed order. */
export function iconKinds(grids: readonly GridView[]): IconWish[] {
  const found = new Map<string, IconWish>();
  for (const kind of BEST_FIRST) {
    for (const grid of grids) for (const p of grid.icons) if (p.kind === kind) found.set(`${p.kind}:${p.of}`, { kind: p.kind, of: p.of });
  }
  const order = (wish: IconWish): number => BEST_FIRST.indexOf(wish.kind) * 100 + (wish.of === "joint" ? 0 : 1);
  return [...found.values()].sort((a, b) => order(a) - order(b));
}

/** A part of an icon: which tile it is in, where there, and where in the icon; all px at full size. */
export interface IconPiece {
  readonly level: number;
  readonly tileColumn: number;
  readonly tileRow: number;
  readonly sourceX: number;
  readonly sourceY: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where the full-size icon of a cell is in the tiles (Deep Zoom without overlap): one piece, or up to four across borders. */
export function iconPieces(pyramid: PyramidView, cell: CellAt): IconPiece[] {
  const level = Math.ceil(Math.log2(Math.max(pyramid.width, pyramid.height)));
  const size = pyramid.icon_size;
  const tile = pyramid.tile_size;
  const [left, top] = [cell.column * size, cell.row * size];
  const pieces: IconPiece[] = [];
  for (let tileRow = Math.floor(top / tile); tileRow * tile < top + size; tileRow++) {
    for (let tileColumn = Math.floor(left / tile); tileColumn * tile < left + size; tileColumn++) {
      const [x0, y0] = [Math.max(left, tileColumn * tile), Math.max(top, tileRow * tile)];
      const [x1, y1] = [Math.min(left + size, (tileColumn + 1) * tile), Math.min(top + size, (tileRow + 1) * tile)];
      pieces.push({
        level,
        tileColumn,
        tileRow,
        sourceX: x0 - tileColumn * tile,
        sourceY: y0 - tileRow * tile,
        x: x0 - left,
        y: y0 - top,
        width: x1 - x0,
        height: y1 - y0,
      });
    }
  }
  return pieces;
}

export const KIND_NAMES = { exemplar: "Exemplar", inverted: "Inverted", decoded: "Decoded" } as const;

/** "Inverted · all", "Exemplar · SNGAN" */
export function iconName(wish: IconWish, atlas: AtlasView | null): string {
  return `${KIND_NAMES[wish.kind]} · ${wish.of === "joint" ? "all" : titleOf(atlas, wish.of)}`;
}
