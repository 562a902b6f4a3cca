/** Beside the pointer: the sample under it, where samples are shown as dots: its image with the patch outlined, and its labels. */
import { titleOf } from "../lib/names";
import { useStore } from "./context";
import { Picture } from "./Examples";
import "./Tooltip.css";

const ROOM = 190;

export function SampleTip() {
  const store = useStore();
  const [hover, atlas] = [store.hoverPoint.value, store.atlas.value];
  const sample = store.sample.state.value.data?.items[0];
  if (!hover || !atlas || !sample || sample.point !== hover.point) return null;
  const map = document.querySelector(".map");
  const [width, height] = [map?.clientWidth ?? 1000, map?.clientHeight ?? 800];
  const index = atlas.datasets.findIndex((d) => d.name === sample.dataset);
  const left = hover.left + ROOM > width ? hover.left - ROOM : hover.left + 14;
  const down = hover.top + 190 < height ? { top: `${hover.top + 14}px` } : { bottom: `${height - hover.top + 12}px` };
  return (
    <div class="tooltip sample-tip" role="status" style={{ left: `${Math.max(4, left)}px`, ...down }}>
      <Picture sample={sample} color={store.colorOf(index)} />
      <p>
        <i class="swatch" style={{ background: store.colorOf(index) }} />
        {titleOf(atlas, sample.dataset)} <span class="faint">{sample.label ?? sample.top ?? ""}</span>
      </p>
    </div>
  );
}
