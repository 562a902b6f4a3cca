/** A layer's whole map as one small picture: the tile of a Deep Zoom level at which the pyramid is one tile. */
import type { LayerView } from "../api/types";
import type { Store } from "../state/store";

const SMALL_LEVEL = 8;

/** Its address; null where the layer has no icons yet. */
export function layerPicture(store: Store, layer: LayerView): string | null {
  const atlas = store.atlas.value?.name ?? "";
  for (const grid of [...layer.grids].sort((a, b) => Math.abs(a.size - 20) - Math.abs(b.size - 20))) {
    const pyramid = grid.icons.find((p) => p.of === "joint") ?? grid.icons[0];
    if (pyramid) return store.source.tileUrl({ atlas, layer: layer.name, size: grid.size }, pyramid, SMALL_LEVEL, 0, 0);
  }
  return null;
}
