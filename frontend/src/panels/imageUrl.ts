/** The address of an image of the atlas on screen, with the version of its dataset's images: the browser then keeps it. */
import type { Store } from "../state/store";

export function imageUrl(store: Store, dataset: string, image: number): string {
  const atlas = store.atlas.value;
  const version = atlas?.datasets.find((d) => d.name === dataset)?.version ?? null;
  return store.source.imageUrl(atlas?.name ?? "", dataset, image, version);
}
