/**
 * A view as a link: parsing and writing of the page's query string. Pure.
 *
 * The atlas is named by the page's path, the rest by its query. A value that a link does not name is the default, and a value that makes
 * no sense is read as the default: an old or hand-written link always opens something.
 */
import { ORDERS } from "../api/source";
import type { ColorMode } from "../lib/heat";
import type { IconWish } from "../lib/icons";
import { parseLasso, writeLasso } from "../lib/lasso";
import { PARTS } from "../lib/parts";
import { parseCell, parseCells, parseLocated, parsePlace, writeCell, writeCells, writeLocated, type LassoPlace } from "../lib/places";
import { DEFAULT_VIEW, METRICS_TABS, type ImageRef, type Pinned, type SampleRef, type ScaleEnds, type Sort, type Trace, type View, type Viewpoint } from "./view";

/** At this d nearly every icon is whole. */
const MOST_AREA = 8;
const COLORS: readonly ColorMode[] = ["effect", "contribution", "density", ...PARTS, "none"];

export function parseView(query: string): View {
  const q = new URLSearchParams(query);
  const one = <T extends string>(name: string, choices: readonly T[], otherwise: T): T => choices.find((c) => c === q.get(name)) ?? otherwise;
  return {
    layer: q.get("layer"),
    grid: parseGrid(q.get("grid")),
    color: one("color", COLORS, DEFAULT_VIEW.color),
    scale: parseScale(q.get("scale")),
    pair: parsePair(q.get("pair")),
    density: q.get("density"),
    significance: q.get("significance") !== "off",
    opacity: parseFraction(q.get("opacity"), DEFAULT_VIEW.opacity),
    icons: parseIcons(q.get("icons")),
    area: parseArea(q.get("area")),
    areaOf: q.get("areaOf"),
    points: q.get("points") === "on" ? true : q.get("points") === "off" ? false : null,
    dots: one("dots", ["dataset", "class"], DEFAULT_VIEW.dots),
    at: parseAt(q.get("at")),
    cell: parseCell(q.get("cell")),
    split: one("split", ["one", "side", "swipe"], DEFAULT_VIEW.split),
    swipe: parseFraction(q.get("swipe"), DEFAULT_VIEW.swipe),
    pin: parsePin(q.get("pin")),
    compare: q.get("compare"),
    lasso: parseLocated(q.get("lasso"), lassoOf) ?? parseLocated(q.get("cells"), parseCells),
    whole: parseSize(q.get("whole")),
    trace: parseTrace(q.get("trace"), q.get("image")),
    image: parseImage(q.get("image")),
    sample: parseSample(q.get("sample")),
    label: q.get("label"),
    ranking: q.get("ranking") === "on",
    side: one("side", ["both", "first", "second"], DEFAULT_VIEW.side),
    rankBy: one("rank", ["effect", "contribution"], DEFAULT_VIEW.rankBy),
    only: q.get("only") === "on",
    order: one("order", ORDERS, DEFAULT_VIEW.order),
    heatmap: q.get("heatmap") === "on",
    metrics: METRICS_TABS.find((tab) => tab === q.get("metrics")) ?? null,
    sort: parseSort(q.get("sort")),
    series: q.get("series"),
    space: q.get("space"),
    near: one("near", ["features", "pixels"], DEFAULT_VIEW.near),
    about: q.get("about") === "on",
    measure: one("measure", ["js", "kl"], DEFAULT_VIEW.measure),
    range: parseRange(q.get("range")),
  };
}

/** The query string of a view, without what is as by default; parseView reads it back. */
export function writeView(view: View): string {
  const q = new URLSearchParams();
  const put = (name: string, value: string | null, plain: string | null = null): void => {
    if (value !== null && value !== plain) q.set(name, value);
  };
  put("layer", view.layer);
  put("grid", String(view.grid), "auto");
  put("color", view.color, DEFAULT_VIEW.color);
  put("scale", view.scale && `${view.scale.mode}:${[view.scale.low, view.scale.high].map((end) => Number(end.toPrecision(4))).join(",")}`);
  put("pair", view.pair?.join("~") ?? null);
  put("density", view.density);
  put("significance", view.significance ? "on" : "off", "on");
  put("opacity", String(view.opacity), String(DEFAULT_VIEW.opacity));
  put("icons", typeof view.icons === "string" ? view.icons : `${view.icons.kind}:${view.icons.of}`, "auto");
  put("area", String(view.area), "0");
  put("areaOf", view.areaOf);
  put("points", view.points === null ? null : view.points ? "on" : "off");
  put("dots", view.dots, DEFAULT_VIEW.dots);
  put("at", view.at && [view.at.x.toFixed(5), view.at.y.toFixed(5), view.at.zoom.toFixed(3)].join(","));
  put("cell", view.cell && writeCell(view.cell));
  put("split", view.split, DEFAULT_VIEW.split);
  put("swipe", String(view.swipe), String(DEFAULT_VIEW.swipe));
  put("pin", view.pin && `${view.pin.layer}:${writeCell(view.pin)}`);
  put("compare", view.compare);
  if (view.lasso) {
    const { layer, place } = view.lasso;
    if ("lasso" in place) put("lasso", `${layer}:${writeLasso(place.lasso)}`);
    else put("cells", `${layer}:${writeCells(place)}`);
  }
  put("whole", view.whole === null ? null : String(view.whole));
  put("trace", typeof view.trace === "object" ? view.trace && writeLocated(view.trace) : view.trace);
  put("image", view.image && `${view.image.dataset}:${view.image.image}`);
  put("sample", view.sample && `${view.sample.dataset}:${view.sample.image}:${view.sample.position}`);
  put("label", view.label);
  put("ranking", view.ranking ? "on" : "off", "off");
  put("side", view.side, DEFAULT_VIEW.side);
  put("rank", view.rankBy, DEFAULT_VIEW.rankBy);
  put("only", view.only ? "on" : "off", "off");
  put("order", view.order, DEFAULT_VIEW.order);
  put("heatmap", view.heatmap ? "on" : "off", "off");
  put("metrics", view.metrics);
  put("sort", writeSort(view.sort), writeSort(DEFAULT_VIEW.sort));
  put("series", view.series);
  put("space", view.space);
  put("near", view.near, DEFAULT_VIEW.near);
  put("about", view.about ? "on" : "off", "off");
  put("measure", view.measure, DEFAULT_VIEW.measure);
  put("range", view.range?.join(",") ?? null);
  // Commas, colons and tildes may stand as they are in a query, and a link is read by people too.
  return q.toString().replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%7E", "~").replaceAll("%3B", ";");
}

function numbers(text: string | null, count: number): number[] | null {
  const parts = text?.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  return parts?.length === count && parts.every(Number.isFinite) ? parts : null;
}

function parseGrid(text: string | null): number | "auto" {
  return parseSize(text) ?? "auto";
}

function parseSize(text: string | null): number | null {
  const size = Number(text);
  return text !== null && Number.isInteger(size) && size > 0 ? size : null;
}

function parsePair(text: string | null): readonly [string, string] | null {
  const [first, second, ...rest] = text?.split("~") ?? [];
  return first && second && rest.length === 0 ? [first, second] : null;
}

function parseFraction(text: string | null, otherwise: number): number {
  const value = Number(text);
  return text !== null && value >= 0 && value <= 1 ? value : otherwise;
}

function parseArea(text: string | null): number {
  const value = Number(text);
  return text !== null && value > 0 && value <= MOST_AREA ? value : DEFAULT_VIEW.area;
}

function parseIcons(text: string | null): IconWish | "auto" | "none" {
  if (text === "none") return "none";
  const [kind, of] = text?.split(":") ?? [];
  return (kind === "exemplar" || kind === "inverted" || kind === "decoded") && of ? { kind, of } : "auto";
}

function parseAt(text: string | null): Viewpoint | null {
  const [x, y, zoom] = numbers(text, 3) ?? [];
  if (x === undefined || y === undefined || zoom === undefined || zoom <= 0) return null;
  const clamp = (v: number): number => Math.min(1.5, Math.max(-0.5, v));
  return { x: clamp(x), y: clamp(y), zoom: Math.min(400, Math.max(0.1, zoom)) };
}

function parsePin(text: string | null): Pinned | null {
  const at = text?.indexOf(":") ?? -1;
  const cell = at > 0 ? parseCell(text?.slice(at + 1) ?? null) : null;
  return cell && { ...cell, layer: text?.slice(0, at) ?? "" };
}

function lassoOf(text: string): LassoPlace | null {
  const lasso = parseLasso(text);
  return lasso && { lasso };
}

function parseTrace(text: string | null, image: string | null): Trace | null {
  if (text === "on" || text === "path") return text === "path" && parseImage(image) ? "path" : "on";
  return parseLocated(text, parsePlace);
}

function parseImage(text: string | null): ImageRef | null {
  const [dataset, index, ...rest] = text?.split(":") ?? [];
  const image = index ? Number(index) : Number.NaN;
  return dataset && Number.isInteger(image) && image >= 0 && rest.length === 0 ? { dataset, image } : null;
}

function parseSample(text: string | null): SampleRef | null {
  const [dataset, ...rest] = text?.split(":") ?? [];
  const [image, position] = rest.map((part) => (part === "" ? Number.NaN : Number(part)));
  const whole = (value: number | undefined): value is number => value !== undefined && Number.isInteger(value) && value >= 0;
  return dataset && rest.length === 2 && whole(image) && whole(position) ? { dataset, image, position } : null;
}

function parseScale(text: string | null): ScaleEnds | null {
  const [name, ends] = text?.split(":") ?? [];
  const mode = COLORS.find((c) => c === name && c !== "none");
  const [low, high] = numbers(ends ?? null, 2) ?? [];
  return mode && low !== undefined && high !== undefined && high > low ? { mode, low, high } : null;
}

/** A figure's name, with a minus before it where it falls. */
function parseSort(text: string | null): Sort {
  const [, minus, by] = /^(-?)(\w+)$/.exec(text ?? "") ?? [];
  return by ? { by, falling: minus === "-" } : DEFAULT_VIEW.sort;
}

function writeSort({ by, falling }: Sort): string {
  return `${falling ? "-" : ""}${by}`;
}

function parseRange(text: string | null): readonly [number, number] | null {
  const [low, high] = numbers(text, 2) ?? [];
  return low !== undefined && high !== undefined && high > low ? [low, high] : null;
}
