/** What the atlas says of itself: its sets, what was skipped, warned of and not made, how good its maps are, how it was made. */
import { useComputed } from "@preact/signals";
import type { AtlasView, DatasetView } from "../api/types";
import { formatCount, plural } from "../lib/format";
import type { FigureName } from "../lib/figures";
import { useStore } from "./context";
import { Dialog } from "./Dialog";
import { Hint } from "./Hint";
import "./About.css";

export function About() {
  const store = useStore();
  const open = useComputed(() => store.view.value.about);
  const atlas = store.atlas.value;
  if (!open.value || !atlas) return null;
  return (
    <Dialog title="About this atlas" wide onClose={() => store.go({ about: false })}>
      <div class="about">
        <Notices atlas={atlas} />
        <section>
          <h3>Sets of images</h3>
          <div class="about-sets">
            {atlas.datasets.map((dataset) => (
              <Dataset key={dataset.name} dataset={dataset} />
            ))}
          </div>
        </section>
        <Layers atlas={atlas} />
        <Making atlas={atlas} />
      </div>
    </Dialog>
  );
}

function Notices({ atlas }: { atlas: AtlasView }) {
  if (atlas.warnings.length + atlas.missing.length === 0) return null;
  return (
    <section class="about-notices">
      {atlas.warnings.map((text) => (
        <p key={text} class="about-warning">
          {text}
        </p>
      ))}
      {atlas.missing.map((skip) => (
        <p key={skip.what}>
          <b>Not in this atlas: {skip.what}.</b> {skip.reason}
        </p>
      ))}
    </section>
  );
}

function Dataset({ dataset }: { dataset: DatasetView }) {
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .sort((a, b) => b[1] - a[1])
      .slice(0, 3)
      .map(([what, count]) => (count === dataset.count ? what : `${what} (${formatCount(count)})`))
      .join(", ");
  return (
    <div class="about-set">
      <h4>
        {dataset.title} {dataset.reference && <span class="faint">reference</span>}
      </h4>
      <p>
        {plural(dataset.count, "image")}
        {dataset.has_labels ? ", labelled" : ""}
      </p>
      <p class="faint about-source">{dataset.source}</p>
      {Object.keys(dataset.formats).length > 0 && <p class="faint">{list(dataset.formats)}</p>}
      {Object.keys(dataset.sizes).length > 0 && <p class="faint">{list(dataset.sizes)} px</p>}
      {dataset.skipped_count > 0 && (
        <div class="about-skipped">
          <details>
            <summary>{plural(dataset.skipped_count, "input")} skipped</summary>
            <ul>
              {dataset.skipped.map((skip) => (
                <li key={skip.name}>
                  {skip.name}: <span class="faint">{skip.reason}</span>
                </li>
              ))}
              {dataset.skipped_count > dataset.skipped.length && <li class="faint">and {formatCount(dataset.skipped_count - dataset.skipped.length)} more</li>}
            </ul>
          </details>
          <Hint of="skipped" />
        </div>
      )}
    </div>
  );
}

/** Below this a map's neighbourhoods need care (the sentence of the figure says so). */
const CARE = 0.9;

function Layers({ atlas }: { atlas: AtlasView }) {
  const heads: readonly FigureName[] = ["trustworthiness", "continuity", "stability", "outside", "receptive"];
  const names: Readonly<Record<string, string>> = { trustworthiness: "Trust.", continuity: "Contin.", stability: "Stability", outside: "Outside", receptive: "Saw" };
  const value = (v: number | null) => <td class={`number ${v !== null && v < CARE ? "care" : ""}`}>{v === null ? "–" : v.toFixed(3)}</td>;
  return (
    <section>
      <h3>Maps</h3>
      <div class="about-wide scrolls" tabIndex={0} role="region" aria-label="Layers and the quality of their maps">
        <table class="about-layers">
          <thead>
            <tr>
              <th scope="col">Layer</th>
              <th scope="col">Samples</th>
              {heads.map((head) => (
                <th key={head} scope="col">
                  {names[head]}
                  <Hint of={head} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {atlas.layers.map((layer) => (
              <tr key={layer.name}>
                <th scope="row">{layer.name}</th>
                <td class="number">{formatCount(layer.point_count)}</td>
                {value(layer.trustworthiness)}
                {value(layer.continuity)}
                <td class="number">{layer.stability === null ? "–" : layer.stability.toFixed(2)}</td>
                <td class="number">{formatCount(layer.outside_count)}</td>
                <td class="number">{layer.receptive_field === null ? "–" : `${Math.round(layer.receptive_field)} px`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {atlas.layers.every((l) => l.stability === null) && <p class="note">The stability of the layout across seeds was not measured.</p>}
    </section>
  );
}

function Making({ atlas }: { atlas: AtlasView }) {
  return (
    <section>
      <h3>How it was made</h3>
      <p>
        {atlas.classifier ? `Seen by ${atlas.classifier}, ` : ""}
        {plural(atlas.positions_per_image, "position")} of each image. A cell has an icon from {plural(atlas.min_count, "sample")} on, is tested from {atlas.min_test} of a pair on, and
        differs significantly where q &lt; {atlas.fdr}.
      </p>
      <p class="faint">
        {Object.entries(atlas.versions)
          .map(([name, version]) => `${name} ${version}`)
          .join(" · ")}
      </p>
      <p class="faint about-source">digest {atlas.digest.slice(0, 16)}</p>
    </section>
  );
}
