/** Divergence of a layer over its grids, coarse to fine, as small bars; the grid on screen is marked. */
import type { DivergenceEntry } from "../api/types";

const BAR = 5;
const GAP = 2;
const HEIGHT = 16;

export function Sparkline({ entries, sizes, limit, current }: { entries: readonly DivergenceEntry[]; sizes: readonly number[]; limit: number; current: number | null }) {
  return (
    <svg class="sparkline" width={sizes.length * (BAR + GAP) - GAP} height={HEIGHT} aria-hidden="true">
      {sizes.map((size, i) => {
        const entry = entries.find((e) => e.size === size);
        const height = entry ? Math.max(1, (Math.max(0, entry.js_corrected) / limit) * HEIGHT) : 1;
        const kind = size === current ? "now" : entry?.valid ? "" : "unsure";
        return <rect key={size} class={kind} x={i * (BAR + GAP)} y={HEIGHT - Math.min(HEIGHT, height)} width={BAR} height={Math.min(HEIGHT, height)} rx="1" />;
      })}
    </svg>
  );
}
