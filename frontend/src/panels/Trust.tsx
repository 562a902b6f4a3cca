/** "Is it real?" of a cell, at a glance: chance, samples, the map itself, and how well its icons stand for it. */
import type { ComponentChildren } from "preact";
import type { AtlasView, CellView } from "../api/types";
import { ofLayer } from "../lib/divergence";
import type { FigureName } from "../lib/figures";
import { formatCount, formatNumber, formatP } from "../lib/format";
import { KIND_NAMES } from "../lib/icons";
import { titleOf } from "../lib/names";
import { useStore } from "./context";
import { Hint } from "./Hint";
import "./Trust.css";

type Mark = "yes" | "care" | "unknown" | "plain";

const SIGNS: Readonly<Record<Mark, readonly [sign: string, says: string]>> = { yes: ["✓", "yes"], care: ["!", "take care"], unknown: ["?", "not known"], plain: ["·", ""] };
/** Below this a map's neighbourhoods need care, as the sentence of the figure says. */
const CARE = 0.9;

export function Trust({ cell }: { cell: CellView }) {
  const store = useStore();
  const [atlas, layer, pair] = [store.atlas.value, store.layer.value, store.pair.value];
  if (!atlas || !layer) return null;
  const tested = pair && cell.pairs.find((p) => p.first === pair[0] && p.second === pair[1]);
  const samples = pair ? cell.datasets.filter((d) => pair.includes(d.dataset)).reduce((sum, d) => sum + d.count, 0) : cell.total;
  const divergence = store.divergence.state.value.data;
  const entry = divergence && pair ? ofLayer(divergence, layer.name, pair).find((e) => e.size === cell.size) : undefined;
  const trust = layer.trustworthiness;
  return (
    <section class="trust" aria-label="Is it real?">
      <h3>Is it real?</h3>
      <ul>
        {tested && (
          <Line mark={tested.q === null ? "unknown" : tested.q < atlas.fdr ? "yes" : "care"}>
            {tested.q === null ? `too few samples to test: ${formatCount(samples)} of the pair, ${atlas.min_test} are needed` : `${tested.q < atlas.fdr ? "significant" : "may be chance"}, q ${tested.q < 0.001 ? "" : "= "}${formatP(tested.q)}`}
            <Hint of="q" />
          </Line>
        )}
        {entry && (
          <Line mark={entry.valid ? "yes" : "care"}>
            {formatNumber(entry.points_per_cell)} samples a cell on this grid{entry.valid ? ", enough" : ": too few, take a coarser one"}
            <Hint of="points" />
          </Line>
        )}
        <Line mark={trust === null ? "unknown" : trust < CARE ? "care" : "yes"}>
          {trust === null ? "how far the map keeps neighbours was not measured" : `the map keeps neighbours: ${trust.toFixed(2)}`}
          <Hint of="trustworthiness" />
          {entry?.agreement != null ? `, other seeds agree ${formatNumber(entry.agreement, 2)}` : layer.stability !== null ? `, over seeds ${layer.stability.toFixed(2)}` : ", other seeds not tried"}
          <Hint of={seedsOf(entry?.agreement ?? null)} />
        </Line>
        <Line mark="plain">
          {faithfulness(cell, atlas)}
          <Hint of="faithfulness" />, spread {formatNumber(cell.spread, 2)}
          <Hint of="spread" />
        </Line>
      </ul>
    </section>
  );
}

function seedsOf(agreement: number | null): FigureName {
  return agreement === null ? "stability" : "agreement";
}

/** Of every kind of icon that the cell has. */
function faithfulness(cell: CellView, atlas: AtlasView): string {
  const known = cell.icons.filter((icon) => icon.faithfulness !== null);
  if (known.length === 0) return cell.icons.length === 0 ? "no icon" : "icons are samples themselves (exemplars)";
  const name = (icon: (typeof known)[number]): string => KIND_NAMES[icon.kind].toLowerCase() + (icon.of === "joint" ? "" : ` of ${titleOf(atlas, icon.of)}`);
  return `faithfulness of the icon: ${known.map((icon) => `${name(icon)} ${(icon.faithfulness ?? 0).toFixed(2)}`).join(", ")}`;
}

function Line({ mark, children }: { mark: Mark; children: ComponentChildren }) {
  const [sign, says] = SIGNS[mark];
  return (
    <li>
      <i class={`trust-${mark}`} {...(says ? { role: "img", "aria-label": says } : { "aria-hidden": true })}>
        {sign}
      </i>
      <span>{children}</span>
    </li>
  );
}
