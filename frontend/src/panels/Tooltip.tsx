/** Beside the pointer: what is in the cell under it, in four lines. */
import { placeOf } from "../lib/cells";
import { formatCount, formatShare, verdict } from "../lib/format";
import { titleOf } from "../lib/names";
import { isPart, partWords } from "../lib/parts";
import { useStore } from "./context";
import "./Tooltip.css";

const ROOM = 270;

export function Tooltip() {
  const store = useStore();
  const [hover, table, atlas] = [store.hover.value, store.table.value, store.atlas.value];
  if (store.hoverPoint.value || !hover || !table || !atlas || table.size !== store.size.value) return null;
  const place = placeOf(table, hover);
  if (place < 0) return null;
  const pair = store.pairTable.value;
  const label = atlas.classes[table.label[place] ?? -1];
  const count = (name: string): number => table.count.get(name)?.[place] ?? 0;
  const words =
    pair &&
    verdict(
      {
        effect: pair.effect[place] ?? 0,
        q: Number.isNaN(pair.q[place]) ? null : (pair.q[place] ?? null),
        countFirst: count(pair.first),
        countSecond: count(pair.second),
      },
      titleOf(atlas, pair.first),
      titleOf(atlas, pair.second),
      atlas.fdr,
    );
  const width = document.querySelector(".map")?.clientWidth ?? 1000;
  const height = document.querySelector(".map")?.clientHeight ?? 800;
  const left = hover.left + ROOM > width ? hover.left - ROOM + 4 : hover.left + 16;
  const below = hover.top + 160 < height;
  return (
    <div class="tooltip" role="status" style={{ left: `${Math.max(4, left)}px`, ...(below ? { top: `${hover.top + 16}px` } : { bottom: `${height - hover.top + 12}px` }) }}>
      <div class="tooltip-head">
        <strong>{label ?? "Cell"}</strong>
        <span class="faint">
          {hover.column}, {hover.row}
        </span>
      </div>
      <table>
        <tbody>
          {atlas.datasets.map((dataset, i) => (
            <tr key={dataset.name}>
              <th scope="row">
                <i class="swatch" style={{ background: store.colorOf(i) }} />
                {dataset.title}
              </th>
              <td>{formatCount(count(dataset.name))}</td>
              <td class="faint">{formatShare(count(dataset.name) / Math.max(1, table.sums.get(dataset.name) ?? 1))}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {store.parts.value && isPart(store.view.value.color) && <div class="tooltip-verdict">{partWords(store.parts.value, store.view.value.color, place)}</div>}
      {words && (
        <div class={`tooltip-verdict more-${words.more}`}>
          {words.words} <span class="faint">· {words.certainty}</span>
        </div>
      )}
    </div>
  );
}
