/** The figures that one may publish: layers × metrics, labels, series and nearest images; each number leads to the map that explains it. */
import { useComputed } from "@preact/signals";
import type { MetricFigure, Metrics } from "../api/types";
import type { ColorMode } from "../lib/heat";
import { METRICS } from "../lib/figures";
import { formatNumber, formatP } from "../lib/format";
import { COLUMNS, columnsOf, facts, headIn, measured, rowsOf, seriesOf, sizesOf, sorted, warningsOf, type MetricRow } from "../lib/metrics";
import { titleOf } from "../lib/names";
import type { MetricsTab, View } from "../state/view";
import type { Store } from "../state/store";
import { useStore } from "./context";
import { Curve } from "./Curve";
import { Dialog } from "./Dialog";
import { Hint } from "./Hint";
import { NearestPairs } from "./NearestPairs";
import { usePointed, type Pointed } from "./pointed";
import { SeriesPanel } from "./SeriesPanel";
import { What } from "./What";
import "./MetricsPanel.css";

const SIGNIFICANT = 0.05;

export function MetricsPanel() {
  const store = useStore();
  const open = useComputed(() => store.view.value.metrics !== null);
  if (!open.value || !store.atlas.value) return null;
  return (
    <Dialog title="Metrics" wide onClose={() => store.go({ metrics: null })}>
      <Body />
    </Dialog>
  );
}

/** The dataset whose figures are shown: that of the pair on the map, as far as it was measured. */
function useSecond(metrics: Metrics | null): string {
  const store = useStore();
  const names = metrics ? measured(metrics) : [];
  return store.pair.value?.find((name) => names.includes(name)) ?? names[0] ?? store.atlas.value?.reference ?? "";
}

function Body() {
  const store = useStore();
  const { data, error, loading } = store.metrics.state.value;
  const second = useSecond(data);
  const atlas = store.atlas.value;
  if (!atlas) return null;
  if (!data) {
    if (error) return <p class="empty">{error.message}</p>;
    return <p class="empty">{loading ? "Loading …" : "This atlas has no metrics: they are the last step of a build, unless it was made without them."}</p>;
  }
  const names = measured(data);
  const tabs: readonly (readonly [MetricsTab, string, boolean])[] = [
    ["layers", "Layers", true],
    ["labels", "Labels", rowsOf(data, second, true).length > 0],
    ["series", "Series", seriesOf(atlas).length > 0],
    ["nearest", "Nearest images", atlas.datasets.some((d) => d.scores_version !== null)],
  ];
  // A link may name what this atlas does not have.
  const tab = tabs.find(([name, , there]) => there && name === store.view.value.metrics)?.[0] ?? "layers";
  return (
    <div class="metrics">
      <div class="metrics-controls">
        <div class="segments" role="group" aria-label="Figures by">
          {tabs.filter(([, , there]) => there).map(([name, text]) => (
            <button key={name} type="button" aria-pressed={tab === name} onClick={() => store.go({ metrics: name })}>
              {text}
            </button>
          ))}
        </div>
        {tab !== "series" && names.length > 1 && (
          <select aria-label="Dataset" value={second} onChange={(event) => store.go({ pair: [atlas.reference, event.currentTarget.value] })}>
            {names.map((name) => (
              <option key={name} value={name}>
                {titleOf(atlas, name)}
              </option>
            ))}
          </select>
        )}
      </div>
      {tab === "layers" && <Layers metrics={data} second={second} />}
      {tab === "labels" && <Labels metrics={data} second={second} />}
      {tab === "series" && <SeriesPanel metrics={data} />}
      {tab === "nearest" && <NearestPairs dataset={second} />}
    </div>
  );
}

function Layers({ metrics, second }: { metrics: Metrics; second: string }) {
  const store = useStore();
  const pointed = usePointed();
  const rows = rowsOf(metrics, second, false);
  const itself = rowsOf(metrics, store.atlas.value?.reference ?? "", false);
  const columns = columnsOf(rows);
  return (
    <>
      <div class="metrics-scroll">
        <table class="metrics-table">
          <caption>
            <b>{titleOf(store.atlas.value, second)}</b> beside <b>{titleOf(store.atlas.value, rows[0]?.entry.first ?? "")}</b>
          </caption>
          <thead>
            <tr>
              <th scope="col">features</th>
              {columns.map(([name, head]) => (
                <th key={name} scope="col">
                  {head}
                  <What is={name} />
                </th>
              ))}
            </tr>
            <tr class="metrics-curves">
              <td />
              {columns.map(([name, head]) => (
                <td key={name}>
                  <LayerCurve rows={rows} name={name} head={head} />
                </td>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.name} class={store.layer.value?.name === row.name ? "here" : ""}>
                <th scope="row">
                  {row.name}
                  {row.entry.features !== "position" && <Hint of={row.entry.features} />}
                  <small>n {sizesOf(row)}</small>
                </th>
                {columns.map(([name, , color]) => (
                  <td key={name}>
                    <Number row={row} name={name} color={color} second={second} pointed={pointed} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="note">
        Small: 95 % interval; then p and the noise floor, or what two halves of the reference show
        <Hint of="measured" />. Bold: p ≤ 0.05. Click a number (by finger, tap it twice) to see on the map where it comes from.
        {itself.length > 0 && " The features “final” are the means over all positions of the last layer; they are mapped on it."}
      </p>
      <Warnings rows={rows} />
      <Told rows={rows} pointed={pointed} second={second} />
    </>
  );
}

/** What concerns all figures of some rows. */
function Warnings({ rows }: { rows: readonly MetricRow[] }) {
  return warningsOf(rows).map((warning) => (
    <p key={warning} class="note care">
      {warning}
    </p>
  ));
}

function LayerCurve({ rows, name, head }: { rows: readonly MetricRow[]; name: string; head: string }) {
  const points = rows.flatMap((row, x) => {
    const figure = row.entry.features === "position" ? row.entry.figures[name] : undefined;
    return figure && figure.value !== null ? [{ x, value: figure.value, low: figure.low, high: figure.high, name: row.name }] : [];
  });
  return points.length > 1 ? <Curve points={points} width={76} height={30} label={`${head} over the layers`} /> : null;
}

interface NumberProps {
  readonly row: MetricRow;
  readonly name: string;
  readonly color: ColorMode;
  readonly second: string;
  readonly pointed: Pointed;
}

/** One figure: its value, interval, p and floor; a button to the map that explains it. */
function Number({ row, name, color, second, pointed }: NumberProps) {
  const store = useStore();
  const figure = row.entry.figures[name];
  if (!figure) return null;
  const text = figure.value === null ? "–" : formatNumber(figure.value);
  return (
    <button
      type="button"
      class={`metrics-number ${figure.p !== null && figure.p <= SIGNIFICANT ? "sure" : ""}`}
      aria-label={`${name} of ${row.name}: ${text}${figure.warnings.length > 0 ? ", with a warning" : ""}`}
      {...pointed.on(keyOf(row, name), () => explain(store, row, name, color, second))}
    >
      <span class="metrics-value">
        {text}
        {figure.warnings.length > 0 && <i class="metrics-warn">!</i>}
      </span>
      {figure.low !== null && figure.high !== null && <small>{`${formatNumber(figure.low)} – ${formatNumber(figure.high)}`}</small>}
      <small>{below(figure)}</small>
    </button>
  );
}

function below(figure: MetricFigure): string {
  const parts = [];
  if (figure.p !== null) parts.push(`p ${formatP(figure.p)}`);
  if (figure.floor !== null && figure.floor > 0) parts.push(`floor ${formatNumber(figure.floor, 2)}`);
  else if (figure.baseline !== null) parts.push(`real ${formatNumber(figure.baseline, 2)}`);
  return parts.join(" · ");
}

function keyOf(row: MetricRow, name: string): string {
  return `${row.name}/${name}`;
}

/** To the map that says where a figure comes from. */
function explain(store: Store, row: MetricRow, name: string, color: ColorMode, second: string): void {
  const layer = row.entry.layer ?? store.atlas.value?.layers.at(-1)?.name ?? null;
  const classes: Partial<View> = name === "classifier_score" ? { density: second, points: true, dots: "class" } : {};
  store.go({ metrics: null, layer, color, pair: [row.entry.first, second], cell: null, label: row.entry.label, ...classes });
}

/** Everything of the figure that is pointed at, tapped or focused, in words. */
function Told({ rows, pointed, second }: { rows: readonly MetricRow[]; pointed: Pointed; second: string }) {
  const store = useStore();
  const found = rows.flatMap((row) => COLUMNS.map((column) => ({ row, column, figure: row.entry.figures[column[0]] }))).find(({ row, column }) => keyOf(row, column[0]) === pointed.key);
  if (!found?.figure) {
    return (
      <section class="told" aria-label="The figure in words">
        <p class="faint">Point at a number, or tap it, for all that it is to be read with; “!” marks one with a warning.</p>
      </section>
    );
  }
  const { row, figure } = found;
  const [name, , color] = found.column;
  return (
    <section class="told" aria-label="The figure in words">
      <header>
        <p>
          <b>
            {headIn(row.name, name)}, {row.name}: {figure.value === null ? "not computed" : formatNumber(figure.value, 5)}
          </b>{" "}
          {figure.value !== null && <span class="faint">{METRICS[name]?.unit}</span>}
        </p>
        <button type="button" class="button small" onClick={() => explain(store, row, name, color, second)}>
          See it on the map
        </button>
      </header>
      <p>{facts(figure).join(" · ")}</p>
      <p class="faint">{METRICS[name]?.says}</p>
      {figure.warnings.map((warning) => (
        <p key={warning} class="care">
          {warning}.
        </p>
      ))}
    </section>
  );
}

function Labels({ metrics, second }: { metrics: Metrics; second: string }) {
  const store = useStore();
  const pointed = usePointed();
  const { by, falling } = store.view.value.sort;
  const all = rowsOf(metrics, second, true);
  const columns = columnsOf(all);
  // A link may name what this atlas does not have.
  const column = columns.some(([name]) => name === by) ? by : "label";
  const rows = sorted(all, column === "label" ? null : column, falling);
  const sort = (name: string): void => store.go({ sort: { by: name, falling: name === column ? !falling : false } });
  const aria = (name: string) => (name === column ? (falling ? "descending" : "ascending") : "none");
  return (
    <>
      <div class="metrics-scroll">
        <table class="metrics-table">
          <caption>
            <b>{titleOf(store.atlas.value, second)}</b> label by label, on the final features
          </caption>
          <thead>
            <tr>
              <th scope="col" aria-sort={aria("label")}>
                <button type="button" onClick={() => sort("label")}>
                  label
                </button>
              </th>
              <th scope="col">n</th>
              {columns.map(([name, head]) => (
                <th key={name} scope="col" aria-sort={aria(name)}>
                  <button type="button" onClick={() => sort(name)}>
                    {head}
                  </button>
                  <What is={name} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.name}>
                <th scope="row">
                  <button
                    type="button"
                    class="link"
                    title="Its cells on the map"
                    onClick={() => store.go({ metrics: null, label: row.name, density: second, pair: [row.entry.first, second], layer: row.entry.layer })}
                  >
                    {row.name}
                  </button>
                </th>
                <td class="metrics-n">{sizesOf(row)}</td>
                {columns.map(([name]) => {
                  const figure = row.entry.figures[name];
                  if (!figure) return <td key={name} />;
                  const p = figure.p_adjusted;
                  return (
                    <td key={name}>
                      <button
                        type="button"
                        class={`metrics-number ${p !== null && p <= SIGNIFICANT ? "sure" : ""}`}
                        aria-label={`${name} of ${row.name}: ${figure.value === null ? "not computed" : formatNumber(figure.value)}${figure.warnings.length > 0 ? ", with a warning" : ""}`}
                        {...pointed.on(keyOf(row, name), null)}
                      >
                        <span class="metrics-value">
                          {figure.value === null ? "–" : formatNumber(figure.value)}
                          {figure.warnings.length > 0 && <i class="metrics-warn">!</i>}
                        </span>
                        {figure.low !== null && figure.high !== null && <small>{`${formatNumber(figure.low)} – ${formatNumber(figure.high)}`}</small>}
                        {p !== null && <small>p {formatP(p)}</small>}
                      </button>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="note">
        p is adjusted for the number of labels (Benjamini–Hochberg); bold: ≤ 0.05. Labels are {all[0]?.entry.label_source === "given" ? "the sources’ own" : "the classes that the network sees"}; those of
        few images are left out. A label leads to its cells.
      </p>
      <Warnings rows={rows} />
      <Told rows={rows} pointed={pointed} second={second} />
    </>
  );
}

