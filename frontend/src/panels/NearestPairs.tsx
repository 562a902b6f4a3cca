/** A dataset's images beside their nearest image of the reference, the most alike first: does the generator repeat what it was shown? */
import { useEffect, useState } from "preact/hooks";
import type { NearestPage } from "../api/types";
import { formatNumber } from "../lib/format";
import { titleOf } from "../lib/names";
import { tracePath } from "../state/tracing";
import type { View } from "../state/view";
import { useStore } from "./context";
import { Hint } from "./Hint";
import { imageUrl } from "./imageUrl";

type By = View["near"];
const PAGE = 24;

export function NearestPairs({ dataset }: { dataset: string }) {
  const store = useStore();
  const by = store.view.value.near;
  return (
    <>
      <div class="segments small" role="group" aria-label="Nearest by">
        {(["features", "pixels"] as const).map((each) => (
          <button key={each} type="button" aria-pressed={by === each} onClick={() => store.go({ near: each })}>
            {each === "features" ? "Final features" : "Pixels"}
          </button>
        ))}
      </div>
      <Pairs key={`${dataset}/${by}`} dataset={dataset} by={by} />
    </>
  );
}

function Pairs({ dataset, by }: { dataset: string; by: By }) {
  const store = useStore();
  const atlas = store.atlas.value;
  const [pages, setPages] = useState<readonly NearestPage[]>([]);
  const [failure, setFailure] = useState<string | null>(null);
  const [wanted, setWanted] = useState(1);
  const version = atlas?.datasets.find((d) => d.name === dataset)?.scores_version ?? "";
  useEffect(() => {
    if (pages.length >= wanted || !atlas) return;
    const abort = new AbortController();
    store.source
      .nearest(atlas.name, { dataset, by, cursor: pages.at(-1)?.next_cursor ?? null, limit: PAGE, version }, abort.signal)
      .then((page) => setPages([...pages, page]))
      .catch((error: Error) => {
        if (!abort.signal.aborted) setFailure(error.message);
      });
    return () => abort.abort();
  }, [wanted, pages]);
  const first = pages[0];
  if (failure !== null) return <p class="empty">{failure}</p>;
  if (!first || !atlas) return <p class="empty">Loading …</p>;
  const url = (of: string, image: number): string => imageUrl(store, of, image);
  const shown = (of: string): boolean => atlas.datasets.find((d) => d.name === of)?.has_images ?? false;
  return (
    <>
      <p class="note">
        Left: {titleOf(atlas, dataset)}; right: its nearest of {titleOf(atlas, first.reference)}. The number is their distance over that image’s own to its nearest: far below 1 is a copy
        <Hint of="copy" />.
      </p>
      <ul class="nearest">
        {pages.flatMap((page) =>
          page.items.map((item) => (
            <li key={item.image}>
              <button
                type="button"
                title={`${item.name}\n${item.nearest_name}\ndistance ${formatNumber(item.distance)}`}
                aria-label={`${item.name} and its nearest, ${item.nearest_name}: ratio ${formatNumber(item.ratio, 2)}`}
                onClick={() => tracePath(store, dataset, item.image)}
              >
                {shown(dataset) ? <img src={url(dataset, item.image)} alt="" loading="lazy" /> : <span>{item.name}</span>}
                {shown(first.reference) ? <img src={url(first.reference, item.nearest)} alt="" loading="lazy" /> : <span>{item.nearest_name}</span>}
              </button>
              <small class={item.ratio < 0.5 ? "sure" : ""}>{formatNumber(item.ratio, 2)}</small>
            </li>
          )),
        )}
      </ul>
      {pages.at(-1)?.next_cursor && (
        <button type="button" class="button small" onClick={() => setWanted(pages.length + 1)}>
          More
        </button>
      )}
    </>
  );
}
