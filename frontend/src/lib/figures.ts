/**
 * Every number of the viewer: its title, its unit and what it says in one sentence. The little "?" beside a number shows these
 * texts, and docs/figures.md is made of them (`npm run figures`); a test says whether the two agree.
 */

export interface Figure {
  readonly title: string;
  /** Empty where the number has none. */
  readonly unit: string;
  readonly says: string;
}

export const FIGURES = {
  effect: {
    title: "Effect",
    unit: "ratio of shares",
    says: "How many times more often one dataset has a sample in the cell than the other; half a sample is added to each count, so that an empty cell gives no infinite ratio.",
  },
  contribution: {
    title: "Contribution",
    unit: "millibits",
    says: "What the cell adds to the Jensen–Shannon divergence of the pair; all cells together make the whole.",
  },
  density: {
    title: "Density",
    unit: "samples a cell",
    says: "How many samples of one dataset lie in the cell.",
  },
  precision: {
    title: "Not precise",
    unit: "share",
    says: "The part of the cell's generated images that lie in no ball of a real one, on this layer's features; over all cells it makes 1 − precision.",
  },
  recall: {
    title: "Not recalled",
    unit: "share",
    says: "The part of the cell's real images that lie in no ball of a generated one, on this layer's features; over all cells it makes 1 − recall.",
  },
  coverage: {
    title: "Not covered",
    unit: "share",
    says: "The part of the cell's real images whose ball holds no generated one, on this layer's features; over all cells it makes 1 − coverage.",
  },
  authenticity: {
    title: "Not authentic",
    unit: "share",
    says: "The part of the cell's generated images that are no farther from their nearest real image than that one is from its own nearest.",
  },
  copying: {
    title: "Copying (−C_T)",
    unit: "z",
    says: "Whether the cell's generated images lie nearer to the training images than held-out real ones do: far above 0 here are copies. Needs ten images of each.",
  },
  area: {
    title: "Area by density",
    unit: "",
    says: "The side of an icon is that of its cell times √(d·n/n̄), at most 1: n samples of the cell, n̄ on average, and d set by the slider.",
  },
  q: {
    title: "q",
    unit: "",
    says: "The share of false alarms to expect among cells with a q this small or smaller (Benjamini–Hochberg over all tested cells of the grid).",
  },
  share: {
    title: "Share",
    unit: "%",
    says: "The part of a dataset's samples on this layer that lies in the cell; the whisker is its 95 % interval (Wilson).",
  },
  spread: {
    title: "Spread",
    unit: "cosine distance, 0 to 2",
    says: "The mean distance of the members' activations from their mean: small means that the icon speaks for all of them.",
  },
  faithfulness: {
    title: "Faithfulness",
    unit: "cosine, −1 to 1",
    says: "How near the network's response to the icon is to the mean activation that the icon stands for.",
  },
  attribution: {
    title: "Attribution",
    unit: "logit",
    says: "The mean linear effect of the cell's activations on the logit of a class.",
  },
  lift: {
    title: "Lift",
    unit: "times",
    says: "The share of a class among the members of a dataset here, over its share in the whole dataset.",
  },
  nearness: {
    title: "Nearness",
    unit: "cosine, −1 to 1",
    says: "How near a sample's activation is to the balanced mean of the cell, in 32 principal components.",
  },
  js: {
    title: "Jensen–Shannon divergence",
    unit: "bits, 0 to 1",
    says: "How different two datasets are on a grid: 0 where every cell has the same share of both, 1 where no cell has samples of both; the mean of shuffled datasets is taken off.",
  },
  kl: {
    title: "Kullback–Leibler divergence",
    unit: "nats",
    says: "How badly the second dataset stands for the first: what the first has and the second lacks weighs most.",
  },
  floor: {
    title: "Noise floor",
    unit: "bits or nats",
    says: "The reference against a random half of itself: differences this small say nothing.",
  },
  p: {
    title: "p",
    unit: "",
    says: "How often shuffled datasets differ at least as much as these do.",
  },
  trustworthiness: {
    title: "Trustworthiness",
    unit: "0 to 1",
    says: "Whether neighbours on the map are neighbours in the layer too; below 0.9 take nearness on the map with care.",
  },
  continuity: {
    title: "Continuity",
    unit: "0 to 1",
    says: "Whether neighbours in the layer stay neighbours on the map; below 0.9 what belongs together may lie apart.",
  },
  stability: {
    title: "Stability",
    unit: "0 to 1",
    says: "The part of each sample's neighbours on the map that it keeps when the layout starts from other seeds.",
  },
  outside: {
    title: "Outside",
    unit: "samples",
    says: "Samples beyond the edge of the map; they are a cell of their own and count in every divergence.",
  },
  skipped: {
    title: "Skipped",
    unit: "images",
    says: "Inputs that could not be read or used; they are in no number here.",
  },
  receptive: {
    title: "Saw",
    unit: "px of the input",
    says: "Side of the square of the input that carries 90 % of the squared gradient of one position of the layer.",
  },
} as const satisfies Readonly<Record<string, Figure>>;

export type FigureName = keyof typeof FIGURES;

/** The table of docs/figures.md. */
export function figuresTable(): string {
  const rows = Object.values(FIGURES).map((f) => `| ${f.title} | ${f.unit || "–"} | ${f.says} |`);
  return ["| number | unit | what it says |", "|---|---|---|", ...rows].join("\n");
}
