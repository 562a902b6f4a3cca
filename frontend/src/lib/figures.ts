/**
 * Every number of the viewer: its title, its unit and what it says in one sentence. The little "?" beside a number shows these texts.
 * They stand in one table, from which the server's pages and docs/figures.md (`npm run figures`) take them, too; tests say whether all agree.
 */
import table from "../../../backend/ganatlas/bundle/figures.json";

export interface Figure {
  readonly title: string;
  /** Empty where the number has none. */
  readonly unit: string;
  readonly says: string;
}

export type FigureName = keyof typeof table.figures;

export const FIGURES: Readonly<Record<FigureName, Figure>> = table.figures;

/** Of the image-set metrics, by their names in metrics.json. */
export const METRICS: Readonly<Record<string, Figure | undefined>> = table.metrics;

/** The tables of docs/figures.md. */
export function figuresTable(): string {
  const head = ["| number | unit | what it says |", "|---|---|---|"];
  const rows = (figures: Readonly<Record<string, Figure>>) => Object.values(figures).map((f) => `| ${f.title} | ${f.unit || "–"} | ${f.says} |`);
  return [...head, ...rows(table.figures), "", "## Image-set metrics", "", "More of each is in [metrics.md](metrics.md).", "", ...head, ...rows(table.metrics)].join("\n");
}
