/** AtlasSource over the server's REST API. All addresses hang on a base, so that the viewer lives behind any prefix. */
import { readBatch } from "../lib/arrow";
import { OUTSIDE, type CellAt } from "../lib/geometry";
import { ApiError, NetworkError } from "./errors";
import type { AtlasSource, GridAddress, NearestWish, Order, PointColumns } from "./source";
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

export class RestSource implements AtlasSource {
  private readonly root: string;

  /** `base`: where the server is, absolute or relative to the page, with or without a slash at its end. */
  constructor(base: string) {
    this.root = `${base.replace(/\/*$/, "")}/api/v1`;
  }

  atlases(signal: AbortSignal): Promise<AtlasList> {
    return this.get("/atlases", {}, signal);
  }

  atlas(name: string, signal: AbortSignal): Promise<AtlasView> {
    return this.get(`/atlases/${encodeURIComponent(name)}`, {}, signal, "no-cache");
  }

  divergence(atlas: string, version: string, signal: AbortSignal): Promise<Divergence> {
    return this.get(`/atlases/${encodeURIComponent(atlas)}/divergence`, { v: version }, signal);
  }

  cells(grid: GridAddress, version: string, signal: AbortSignal): Promise<CellColumns> {
    return this.get(`${gridPath(grid)}/cells`, { v: version }, signal);
  }

  cell(grid: GridAddress, cell: CellAt, version: string, signal: AbortSignal): Promise<CellView> {
    return this.get(cellPath(grid, cell), { v: version }, signal);
  }

  examples(
    grid: GridAddress,
    cell: CellAt,
    wish: { dataset: string; order: Order; cursor: string | null; limit: number; version: string },
    signal: AbortSignal,
  ): Promise<ExamplePage> {
    const { dataset, order, cursor, limit, version } = wish;
    return this.get(`${cellPath(grid, cell)}/examples`, { dataset, order, limit, ...(cursor === null ? {} : { cursor }), v: version }, signal);
  }

  metrics(atlas: string, version: string, signal: AbortSignal): Promise<Metrics> {
    return this.get(`/atlases/${encodeURIComponent(atlas)}/metrics`, { v: version }, signal);
  }

  figures(grid: GridAddress, version: string, signal: AbortSignal): Promise<CellFigures> {
    return this.get(`${gridPath(grid)}/figures`, { v: version }, signal);
  }

  nearest(atlas: string, wish: NearestWish, signal: AbortSignal): Promise<NearestPage> {
    const { dataset, by, cursor, limit, version } = wish;
    return this.get(`/atlases/${encodeURIComponent(atlas)}/datasets/${encodeURIComponent(dataset)}/nearest`, { by, limit, ...(cursor === null ? {} : { cursor }), v: version }, signal);
  }

  selection(atlas: string, layer: string, wish: SelectionRequest, signal: AbortSignal): Promise<SelectionView> {
    const path = `/atlases/${encodeURIComponent(atlas)}/layers/${encodeURIComponent(layer)}/selection`;
    return this.ask(this.url(path, {}), { method: "POST", body: JSON.stringify(wish), headers: { Accept: "application/json", "Content-Type": "application/json" }, signal });
  }

  trace(atlas: string, dataset: string, image: number, version: string, signal: AbortSignal): Promise<TraceView> {
    return this.get(`/atlases/${encodeURIComponent(atlas)}/datasets/${encodeURIComponent(dataset)}/images/${image}/trace`, { v: version }, signal);
  }

  labels(atlas: string, part: string, limit: number, signal: AbortSignal): Promise<LabelList> {
    return this.get(`/atlases/${encodeURIComponent(atlas)}/labels`, { q: part, limit }, signal);
  }

  search(grid: GridAddress, label: string, dataset: string, version: string, signal: AbortSignal): Promise<SearchView> {
    return this.get(`${gridPath(grid)}/search`, { label, dataset, v: version }, signal);
  }

  attribution(grid: GridAddress, label: string, version: string, signal: AbortSignal): Promise<AttributionMap> {
    return this.get(`${gridPath(grid)}/attribution`, { label, v: version }, signal);
  }

  async points(atlas: string, layer: string, limit: number, version: string, signal: AbortSignal): Promise<PointColumns> {
    const url = this.url(`/atlases/${encodeURIComponent(atlas)}/layers/${encodeURIComponent(layer)}/points`, { limit, v: version });
    const { length, columns } = readBatch(await this.ask(url, { signal }, (response) => response.arrayBuffer()));
    const [point, x, y, dataset, top] = columns as [ArrayBuffer, ArrayBuffer, ArrayBuffer, ArrayBuffer, ArrayBuffer];
    return {
      point: new Uint32Array(point, 0, length),
      x: new Float32Array(x, 0, length),
      y: new Float32Array(y, 0, length),
      dataset: new Uint8Array(dataset, 0, length),
      top: new Int32Array(top, 0, length),
    };
  }

  tileUrl(grid: GridAddress, pyramid: PyramidView, level: number, column: number, row: number): string {
    const folder = `${gridPath(grid)}/icons/${pyramid.kind}/${encodeURIComponent(pyramid.of)}_files`;
    return this.url(`${folder}/${level}/${column}_${row}.webp`, { v: pyramid.version });
  }

  imageUrl(atlas: string, dataset: string, image: number, version: string | null): string {
    return this.url(`/atlases/${encodeURIComponent(atlas)}/datasets/${encodeURIComponent(dataset)}/images/${image}`, version === null ? {} : { v: version });
  }

  divergencePictureUrl(atlas: string, measure: string, version: string): string {
    return this.url(`/atlases/${encodeURIComponent(atlas)}/divergence.png`, { measure, v: version });
  }

  private url(path: string, query: Readonly<Record<string, string | number>>): string {
    const text = new URLSearchParams(Object.entries(query).map(([k, v]) => [k, String(v)])).toString();
    return this.root + path + (text ? `?${text}` : "");
  }

  private get<T>(path: string, query: Readonly<Record<string, string | number>>, signal: AbortSignal, cache: RequestCache = "default"): Promise<T> {
    return this.ask(this.url(path, query), { signal, cache, headers: { Accept: "application/json" } });
  }

  private async ask<T>(url: string, request: RequestInit & { signal: AbortSignal }, read: (response: Response) => Promise<T> = (response) => response.json() as Promise<T>): Promise<T> {
    const { signal } = request;
    let response: Response;
    try {
      response = await fetch(url, request);
    } catch (error) {
      if (signal.aborted) throw error;
      throw new NetworkError(url);
    }
    if (!response.ok) throw await refusal(response);
    try {
      return await read(response);
    } catch (error) {
      if (signal.aborted) throw error;
      throw new NetworkError(url);
    }
  }
}

function gridPath(grid: GridAddress): string {
  return `/atlases/${encodeURIComponent(grid.atlas)}/layers/${encodeURIComponent(grid.layer)}/grids/${grid.size}`;
}

function cellPath(grid: GridAddress, cell: CellAt): string {
  return `${gridPath(grid)}/cells/${cell.column === OUTSIDE ? "outside" : `${cell.column}/${cell.row}`}`;
}

/** The server's one error shape, or what there is where a proxy answered in its place. */
async function refusal(response: Response): Promise<Error> {
  try {
    const body = (await response.json()) as { error?: { code?: string; message?: string; detail?: Record<string, unknown> } };
    if (body.error?.message) return new ApiError(response.status, body.error.code ?? "error", body.error.message, body.error.detail);
  } catch {
    // Not JSON: fall through to the status line.
  }
  return new ApiError(response.status, "http", `The server answered ${response.status} ${response.statusText}`.trim());
}
