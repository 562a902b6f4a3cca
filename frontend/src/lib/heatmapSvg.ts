/** The heat maps, layers × grids, as one SVG picture with its numbers, its scale and what its marks mean. */
import { cssColor, inkOn, type Ramp } from "./color";
import { valueOf, type Matrix, type Measure } from "./divergence";
import { formatNumber } from "./format";

export interface SvgWish {
  readonly title: string;
  readonly measure: Measure;
  readonly range: readonly [number, number];
  readonly ramp: Ramp;
  readonly dark: boolean;
  titleOf(dataset: string): string;
}

const CELL = { width: 58, height: 30, gap: 2 };
const NAMES = 96;
const MARGIN = 24;
const HEAD = 64;
const FOOT = 34;

export function heatmapSvg(tables: readonly Matrix[], wish: SvgWish): string {
  const ink = wish.dark ? "#e9ebef" : "#1b1d22";
  const faint = wish.dark ? "#8f97a6" : "#646a75";
  const ground = wish.dark ? "#16191f" : "#ffffff";
  const unit = wish.measure === "js" ? "Jensen–Shannon divergence, bits" : "Kullback–Leibler divergence, nats";
  const widths = tables.map((t) => NAMES + t.sizes.length * (CELL.width + CELL.gap));
  const height = HEAD + Math.max(0, ...tables.map((t) => 44 + t.layers.length * (CELL.height + CELL.gap))) + FOOT + MARGIN;
  const width = Math.max(520, widths.reduce((a, b) => a + b + MARGIN, MARGIN));
  const parts: string[] = [];
  const text = (x: number, y: number, what: string, { fill = ink, size = 12, anchor = "start", weight = 400 } = {}): void =>
    void parts.push(`<text x="${x}" y="${y}" fill="${fill}" font-size="${size}" text-anchor="${anchor}" font-weight="${weight}">${escape(what)}</text>`);
  text(MARGIN, 28, wish.title, { size: 15, weight: 600 });
  text(MARGIN, 46, unit, { fill: faint });
  scale(parts, width - MARGIN - 200, 22, wish, text);
  let left = MARGIN;
  tables.forEach((table, k) => {
    const name = table.isSelf ? `${wish.titleOf(table.first)} against itself (noise floor)` : `${wish.titleOf(table.first)} ${wish.measure === "kl" ? "‖" : "against"} ${wish.titleOf(table.second)}`;
    text(left, HEAD + 16, name, { weight: 600 });
    table.sizes.forEach((size, j) => text(left + NAMES + j * (CELL.width + CELL.gap) + CELL.width / 2, HEAD + 34, String(size), { fill: faint, anchor: "middle", size: 11 }));
    table.layers.forEach((layer, i) => {
      const top = HEAD + 40 + i * (CELL.height + CELL.gap);
      text(left + NAMES - 8, top + CELL.height / 2 + 4, layer, { fill: faint, anchor: "end", size: 11 });
      table.sizes.forEach((_, j) => {
        const entry = table.entries[i]?.[j];
        if (!entry) return;
        const value = valueOf(entry, wish.measure);
        const t = (value - wish.range[0]) / (wish.range[1] - wish.range[0]);
        const x = left + NAMES + j * (CELL.width + CELL.gap);
        parts.push(`<rect x="${x}" y="${top}" width="${CELL.width}" height="${CELL.height}" rx="3" fill="${cssColor(wish.ramp, t)}"/>`);
        if (!entry.valid) parts.push(`<rect x="${x}" y="${top}" width="${CELL.width}" height="${CELL.height}" rx="3" fill="url(#hatch)"/>`);
        if (entry.p < 0.05) parts.push(`<circle cx="${x + CELL.width - 6}" cy="${top + 6}" r="2" fill="${inkOn(wish.ramp, t)}"/>`);
        text(x + CELL.width / 2, top + CELL.height / 2 + 4, formatNumber(value, 2), { fill: inkOn(wish.ramp, t), anchor: "middle", size: 11 });
      });
    });
    left += (widths[k] ?? 0) + MARGIN;
  });
  text(MARGIN, height - MARGIN, "Hatched: fewer than 5 samples a cell, biased low. Dot: p < 0.05.", { fill: faint, size: 11 });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif">`,
    `<defs><pattern id="hatch" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="2" height="8" fill="#808080" fill-opacity="0.55"/></pattern></defs>`,
    `<rect width="100%" height="100%" fill="${ground}"/>`,
    ...parts,
    "</svg>",
  ].join("\n");
}

function scale(parts: string[], x: number, y: number, wish: SvgWish, text: (x: number, y: number, what: string, style: { size: number; anchor?: string }) => void): void {
  const steps = 25;
  for (let i = 0; i < steps; i++) parts.push(`<rect x="${x + i * 8}" y="${y}" width="8.5" height="10" fill="${cssColor(wish.ramp, i / (steps - 1))}"/>`);
  text(x, y + 24, formatNumber(wish.range[0]), { size: 11 });
  text(x + steps * 8, y + 24, formatNumber(wish.range[1]), { size: 11, anchor: "end" });
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
