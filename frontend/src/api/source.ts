/**
 * Where the viewer's data comes from. Today the REST API (rest.ts); an export can answer the same questions from files.
 *
 * Every method rejects with ApiError where the source says no, with NetworkError where it does not answer, and with
 * DOMException "AbortError" where the caller gave up. `version` is a digest: the same version, the same answer for ever.
 */
import type { CellAt } from "../lib/geometry";
import type {
  AtlasList,
  AtlasView,
  AttributionMap,
  CellColumns,
  CellFigures,
  CellView,
  Divergence,
  ExamplePage,
  LabelList,
  Metrics,
  NearestPage,
  PyramidView,
  SearchView,
  SelectionRequest,
  SelectionView,
  TraceView,
} from "./types";

export interface GridAddress {
  readonly atlas: string;
  readonly layer: string;
  readonly size: number;
}

/** Samples of a layer, column-wise. */
export interface PointColumns {
  readonly point: Uint32Array;
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** Place in the atlas's datasets. */
  readonly dataset: Uint8Array;
  /** The classifier's most likely class, place in the atlas's classes; −1 for none. */
  readonly top: Int32Array;
}

export const ORDERS = ["nearest", "random", "realism", "-realism", "density", "copies"] as const;
export type Order = (typeof ORDERS)[number];

/** A page of images beside their nearest of the reference. */
export interface NearestWish {
  readonly dataset: string;
  readonly by: "features" | "pixels";
  readonly cursor: string | null;
  readonly limit: number;
  readonly version: string;
}

export interface AtlasSource {
  atlases(signal: AbortSignal): Promise<AtlasList>;
  atlas(name: string, signal: AbortSignal): Promise<AtlasView>;
  divergence(atlas: string, version: string, signal: AbortSignal): Promise<Divergence>;
  cells(grid: GridAddress, version: string, signal: AbortSignal): Promise<CellColumns>;
  cell(grid: GridAddress, cell: CellAt, version: string, signal: AbortSignal): Promise<CellView>;
  examples(
    grid: GridAddress,
    cell: CellAt,
    wish: { dataset: string; order: Order; cursor: string | null; limit: number; version: string },
    signal: AbortSignal,
  ): Promise<ExamplePage>;
  metrics(atlas: string, version: string, signal: AbortSignal): Promise<Metrics>;
  /** Where the figures of a layer come from, cell by cell. */
  figures(grid: GridAddress, version: string, signal: AbortSignal): Promise<CellFigures>;
  nearest(atlas: string, wish: NearestWish, signal: AbortSignal): Promise<NearestPage>;
  /** Counts, a page of members, and on wish where they lie in other layers. */
  selection(atlas: string, layer: string, wish: SelectionRequest, signal: AbortSignal): Promise<SelectionView>;
  /** Where an image's samples lie in every layer. */
  trace(atlas: string, dataset: string, image: number, version: string, signal: AbortSignal): Promise<TraceView>;
  labels(atlas: string, part: string, limit: number, signal: AbortSignal): Promise<LabelList>;
  /** Cells by the share of a label among the members of a dataset. */
  search(grid: GridAddress, label: string, dataset: string, version: string, signal: AbortSignal): Promise<SearchView>;
  /** What every cell has to say of a class. */
  attribution(grid: GridAddress, label: string, version: string, signal: AbortSignal): Promise<AttributionMap>;
  /** A layer's samples, thinned where there are more than `limit`. */
  points(atlas: string, layer: string, limit: number, version: string, signal: AbortSignal): Promise<PointColumns>;
  /** Address of a tile of a Deep Zoom pyramid without overlap. */
  tileUrl(grid: GridAddress, pyramid: PyramidView, level: number, column: number, row: number): string;
  /** version: of the dataset's images, or null where it has none; an answer with it is kept for good. */
  imageUrl(atlas: string, dataset: string, image: number, version: string | null): string;
  divergencePictureUrl(atlas: string, measure: string, version: string): string;
}
