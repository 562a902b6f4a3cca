/** How one image stands beside the reference: how real it looks, how crowded it is there, and what it is nearest to. */
import type { SampleView } from "../api/types";
import { formatCount, formatNumber } from "../lib/format";
import { titleOf } from "../lib/names";
import { useStore } from "./context";
import { Hint } from "./Hint";
import { imageUrl } from "./imageUrl";

export function Scores({ sample }: { sample: SampleView }) {
  const atlas = useStore().atlas.value;
  const { scores } = sample;
  if (!atlas || atlas.datasets.every((d) => d.scores_version === null)) return null;
  if (!scores) return <p class="note lightbox-scores">Not among the images that were compared with the reference: it has no scores.</p>;
  const own = sample.dataset === atlas.reference;
  return (
    <section class="lightbox-scores" aria-label="Scores">
      <h3>
        {own ? `Beside the other images of ${titleOf(atlas, atlas.reference)}` : `Beside ${titleOf(atlas, atlas.reference)}`} <span class="faint">final features</span>
      </h3>
      <dl class="score-facts">
        <dt>
          Realism
          <Hint of="realism" />
        </dt>
        <dd>
          {formatNumber(scores.realism)} <span class="faint">{scores.realism >= 1 ? "within a ball of the reference" : "outside all balls of the reference"}</span>
        </dd>
        <dt>
          Local density
          <Hint of="crowding" />
        </dt>
        <dd>{formatNumber(scores.density)}</dd>
        <dt>
          Nearest
          <Hint of="copy" />
        </dt>
        <dd class="lightbox-nearest">
          <Nearest image={scores.nearest} ratio={scores.ratio} by="features" />
          {scores.pixel_nearest !== null && scores.pixel_ratio !== null && <Nearest image={scores.pixel_nearest} ratio={scores.pixel_ratio} by="pixels" />}
        </dd>
      </dl>
    </section>
  );
}

/** The nearest image of the reference, and the way to it. */
function Nearest({ image, ratio, by }: { image: number; ratio: number; by: "features" | "pixels" }) {
  const store = useStore();
  const atlas = store.atlas.value;
  if (!atlas) return null;
  const shown = atlas.datasets.find((d) => d.name === atlas.reference)?.has_images ?? false;
  return (
    <button type="button" title={`Look at image ${formatCount(image)} of ${titleOf(atlas, atlas.reference)}`} onClick={() => store.go({ sample: { dataset: atlas.reference, image, position: 0 } })}>
      {shown && <img src={imageUrl(store, atlas.reference, image)} alt={`Image ${formatCount(image)} of ${titleOf(atlas, atlas.reference)}`} loading="lazy" />}
      <span>
        by {by}
        <br />
        <b>{formatNumber(ratio, 2)}</b> <span class="faint">{ratio < 0.5 ? "a copy?" : ""}</span>
      </span>
    </button>
  );
}
