/** Datasets are addressed by name and shown by title. */
import type { AtlasView } from "../api/types";

/** Title of a dataset; its name where the atlas does not know it. */
export function titleOf(atlas: AtlasView | null, name: string): string {
  return atlas?.datasets.find((d) => d.name === name)?.title ?? name;
}
